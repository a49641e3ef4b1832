/** A page of the built mini-program, rendered by the vendor's simulator. */
import { createRequire } from "node:module";
import { join } from "node:path";

const simulate = createRequire(import.meta.url)("miniprogram-simulate");
const DIST = join(import.meta.dirname, "..", "dist", "/");

const loaded = new Map(); // the simulator loads a page once

export function opened(page, platform, query = {}) {
  globalThis.wx = Object.assign(globalThis.wx ?? {}, platform.wx);
  globalThis.getCurrentPages = () => platform.pages;
  if (!loaded.has(page)) loaded.set(page, simulate.load(`${DIST}pages/${page}/index`, { rootPath: DIST }));
  const shown = simulate.render(loaded.get(page), query);
  shown.attach(document.body.appendChild(document.createElement("div")));
  return shown;
}

/** Waits until a page shows what is looked for, or says what it shows instead. */
export async function until(page, holds, tries = 200) {
  for (let n = 0; n < tries; n += 1) {
    if (holds(page.dom.textContent)) return page.dom.textContent;
    await simulate.sleep(5);
  }
  throw new Error(`the page shows: ${page.dom.textContent}`);
}

/** Taps, and waits until the platform has told the page. */
export async function tap(element) {
  element.dispatchEvent("tap");
  await simulate.sleep(20);
}
