/** The system's own address, written into the page by the server: proofs are checked against it. */
export function origin(): string {
  const told = document.querySelector<HTMLMetaElement>('meta[name="zero-run-origin"]')?.content ?? "";
  return told.startsWith("http") ? told : location.origin;
}
