/** Builds the mini-program once for all tests, where they find it. */
import { join } from "node:path";
import { written } from "../build.mjs";

export default () => written(join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..", "dist"));
