/** The browser's hashing, for working a lottery out again. */
import type { Hashing } from "./drawing";

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

export const hashing: Hashing = {
  sha256: async (message) => new Uint8Array(await crypto.subtle.digest("SHA-256", message as BufferSource)),
  hmac: async (key) => {
    const imported = await crypto.subtle.importKey("raw", key as BufferSource, HMAC, false, ["sign"]);
    return async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", imported, message as BufferSource));
  },
};
