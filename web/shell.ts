/** Makes the service worker of each page that opens without a network: what it is made of, and a version of it. */
import type { Plugin, Rollup } from "vite";

const PAGE = '"__SHELL_PAGE__"';
const NAME = '"__SHELL_NAME__"';
const FILES = '"__SHELL_FILES__"';
const VERSION = '"__SHELL_VERSION__"';

export function shell(): Plugin {
  return {
    name: "zero-run-shell",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("no worker");
      const source = worker.code;
      worker.code = filled(bundle, source, "m", "zero-run.shell.");
      const till = filled(bundle, source, "terminal", "zero-run.till-shell.");
      this.emitFile({ type: "asset", fileName: "till-sw.js", source: till });
    },
  };
}

/** The worker of one page; no page's caches begin with the name of another's. */
function filled(bundle: Rollup.OutputBundle, source: string, name: string, caches: string): string {
  const page = Object.values(bundle).find((one) => one.type === "chunk" && one.facadeModuleId?.endsWith(`/${name}.html`));
  if (page?.type !== "chunk") throw new Error(`no page ${name}`);
  const files = [...reached(bundle, page)].sort().map((file) => `/web/${file}`);
  const version = versionOf(JSON.stringify([files, source]));
  const told = [[PAGE, `/${name}/`], [NAME, caches], [FILES, files], [VERSION, version]] as const;
  return told.reduce((code, [mark, value]) => code.replace(mark, JSON.stringify(value)), source);
}

/** The page's scripts, those it loads later included, their styles, and what reads codes. */
function reached(bundle: Rollup.OutputBundle, page: Rollup.OutputChunk): Set<string> {
  const names = new Set<string>();
  const open = [page.fileName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = bundle[name];
    if (names.has(name) || chunk?.type !== "chunk") continue;
    names.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) names.add(style);
    for (const asset of chunk.viteMetadata?.importedAssets ?? []) if (asset.endsWith(".wasm")) names.add(asset);
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
