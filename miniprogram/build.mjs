/** Writes dist/, which the vendor's tool opens: each page bundled with what it shares with web/. */
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

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
  await build({
    entryPoints: entries,
    outbase: SOURCES,
    outdir: target,
    bundle: true,
    splitting: false,
    format: "cjs",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2018",
    charset: "utf8",
    alias: { "@": SHARED },
    nodePaths: [join(HERE, "node_modules")],
    logLevel: "warning",
  });
  for (const path of files(SOURCES).filter((each) => COPIED.has(extname(each)))) {
    cpSync(path, join(target, relative(SOURCES, path)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await written(join(HERE, "dist"));
