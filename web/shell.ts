/** Writes into the service worker what the phone's pages are made of, and a version of it. */
import type { Plugin, Rollup } from "vite";

const FILES = '"__SHELL_FILES__"';
const VERSION = '"__SHELL_VERSION__"';

export function shell(): Plugin {
  return {
    name: "zero-run-shell",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      const page = Object.values(bundle).find((one) => one.type === "chunk" && one.facadeModuleId?.endsWith("/m.html"));
      if (worker?.type !== "chunk" || page?.type !== "chunk") throw new Error("no worker or no page");
      const files = [...reached(bundle, page)].sort().map((name) => `/web/${name}`);
      const version = versionOf(JSON.stringify([files, worker.code]));
      worker.code = worker.code.replace(FILES, JSON.stringify(files)).replace(VERSION, JSON.stringify(version));
    },
  };
}

/** The page's scripts, those it loads later included, and their styles. */
function reached(bundle: Rollup.OutputBundle, page: Rollup.OutputChunk): Set<string> {
  const names = new Set<string>();
  const open = [page.fileName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = bundle[name];
    if (names.has(name) || chunk?.type !== "chunk") continue;
    names.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) names.add(style);
    open.push(...chunk.imports, ...chunk.dynamicImports);
  }
  return names;
}

/** FNV-1a, 64 bits: tells builds apart, guards nothing. The files' names hold hashes of their own. */
function versionOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of text) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
