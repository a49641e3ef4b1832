/**
 * The service worker of a page, /m/ or /terminal/: the page and the files it is made of, and nothing
 * else. What the API answers is never kept. A new build is a new cache; the old ones are taken away.
 */
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope;

/** All four are written here when the pages are built, once a page (shell.ts). */
const FILES = "__SHELL_FILES__" as unknown as readonly string[];
const VERSION = "__SHELL_VERSION__";
const PREFIX = "__SHELL_NAME__";
const CACHE = PREFIX + VERSION;
const PAGE = "__SHELL_PAGE__";
const PATIENCE_MS = 3_000;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clear().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request));
});

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(PAGE, { cache: "reload" }), ...FILES.map((path) => new Request(path))]);
}

async function clear(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** From the network while it answers soon; every screen is the same page. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return answer;
    return (await kept(PAGE)) ?? answer;
  } catch {
    return (await kept(PAGE)) ?? Response.error();
  }
}

async function file(request: Request): Promise<Response> {
  return (await kept(new URL(request.url).pathname)) ?? fetch(request);
}

async function kept(path: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(path, { ignoreVary: true });
}

export {};
