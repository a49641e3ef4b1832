import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": new URL("../web/src", import.meta.url).pathname } },
  test: { environment: "jsdom", globalSetup: "./tests/building.mjs", testTimeout: 20_000 },
});
