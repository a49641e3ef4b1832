/** Keeps the page itself at the counter, so that it opens without a network. */
export function keepShell(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker.register("/terminal/sw.js", { scope: "/terminal/" }).catch(() => undefined); // a private window
}
