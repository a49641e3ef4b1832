/**
 * Four pages, each an entry of its own; what they share becomes chunks that all of them cache. The
 * check page is the server's own: its script has a name that does not change.
 */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { shell } from "./shell";

const here = (path: string): string => new URL(path, import.meta.url).pathname;
/** Vant's icons come with the style; the address of another host beside them must not be asked. */
const ownFontsOnly = {
  postcssPlugin: "own-fonts-only",
  Declaration: {
    src: (declaration: { value: string }) => {
      const own = declaration.value.split(/,(?=\s*url\()/u).filter((one) => one.includes("url(data:"));
      const told = own.join(",");
      if (told !== declaration.value) declaration.value = told;
    },
  },
};
const PAGES = ["m", "terminal", "desk", "ops"];

export default defineConfig({
  base: "/web/",
  plugins: [vue(), shell()],
  css: { postcss: { plugins: [ownFontsOnly] } },
  resolve: { alias: { "@": here("./src") } },
  build: {
    target: "es2022",
    cssTarget: ["chrome108", "safari16"],
    assetsInlineLimit: 0, // a data: address is more than the page's policy allows for most things
    modulePreload: { polyfill: false }, // the polyfill would be a script within the page
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        ...Object.fromEntries(PAGES.map((page) => [page, here(`./${page}.html`)])),
        check: here("./src/check/main.ts"),
        sw: here("./src/m/sw.ts"),
      },
      output: {
        entryFileNames: ({ name }) => (["check", "sw"].includes(name) ? `${name}.js` : "assets/[name]-[hash].js"),
      },
    },
  },
});
