/** Keeps the pages themselves on the phone, so that the card is shown without a network. */
export function keepShell(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker.register("/m/sw.js", { scope: "/m/" }).catch(() => undefined); // a private window
}
