/**
 * Writes dist/, which the vendor's tool opens. What pages share lies once beside them, so that they
 * have one key, one identity and one class of each failure; the platform knows `require` only.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(HERE, "src");
const SHARED = join(HERE, "..", "web", "src");
const COPIED = new Set([".json", ".wxml", ".wxss", ".png", ".svg"]);

function files(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

export async function written(target) {
  rmSync(target, { recursive: true, force: true });
  const entries = files(SOURCES).filter((path) => /(?:^|\/)(?:app|index)\.ts$/u.test(relative(SOURCES, path)));
  const { outputFiles } = await build({
    entryPoints: entries,
    outbase: SOURCES,
    outdir: target,
    bundle: true,
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2018",
    charset: "utf8",
    alias: { "@": SHARED },
    nodePaths: [join(HERE, "node_modules")],
    logLevel: "warning",
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const { code } = await transform(text, { format: "cjs", target: "es2018", charset: "utf8" });
    writeFileSync(path, code);
  }
  for (const path of files(SOURCES).filter((each) => COPIED.has(extname(each)))) {
    cpSync(path, join(target, relative(SOURCES, path)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await written(join(HERE, "dist"));
