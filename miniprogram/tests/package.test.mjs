/** What the vendor's platform takes of an app. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const DIST = join(import.meta.dirname, "..", "dist");
const LARGEST_BYTES = 2 * 1024 * 1024; // of a package, by the vendor's rule
const files = readdirSync(DIST, { recursive: true }).map((name) => join(DIST, name)).filter((path) => statSync(path).isFile());
const scripts = files.filter((path) => path.endsWith(".js")).map((path) => [path, readFileSync(path, "utf8")]);

it("the package is far below what the platform takes", () => {
  const whole = files.reduce((sum, path) => sum + statSync(path).size, 0);
  expect(whole).toBeLessThan(LARGEST_BYTES / 2);
});

it("every page that is named is there, and every script it asks for", () => {
  const { pages } = JSON.parse(readFileSync(join(DIST, "app.json"), "utf8"));
  for (const page of pages) for (const end of ["js", "json", "wxml", "wxss"]) expect(existsSync(join(DIST, `${page}.${end}`)), `${page}.${end}`).toBe(true);
  for (const [path, text] of scripts) {
    for (const [, asked] of text.matchAll(/require\("([^"]+)"\)/gu)) expect(existsSync(join(path, "..", asked)), asked).toBe(true);
  }
});

it("no script asks of the language what older phones have not; the types see to the rest", () => {
  for (const [path, text] of scripts) {
    expect(text, path).not.toMatch(/\.(?:findLast|findLastIndex|replaceAll|at|toSorted|toReversed|structuredClone)\(/u);
    expect(text, path).not.toMatch(/\b(?:Intl|AbortController)\b/u);
  }
});
