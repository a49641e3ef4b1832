/**
 * The device's key. A mini-program has no WebCrypto: the key is made and used in script and lies in
 * the app's storage. It is weaker than a browser's: whoever can read that storage can take it.
 */
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64url, fromBase64url } from "@/api/base64url";
import type { PublicJwk, Signer } from "@/api/ports";
import { keep, stored } from "./storage";

const KEY = "zero-run.key";
const SEED_BYTES = 48; // as FIPS 186-5, A.2.1 wants: 128 bits more than the order has
const POOL_BYTES = 256;

export class ScriptKey implements Signer {
  readonly jwk: PublicJwk;
  readonly #secret: Uint8Array;
  #pool: Uint8Array;

  private constructor(secret: Uint8Array, pool: Uint8Array) {
    this.#secret = secret;
    this.#pool = pool;
    const point = p256.getPublicKey(secret, false);
    const [x, y] = [base64url(point.subarray(1, 33)), base64url(point.subarray(33))];
    this.jwk = { kty: "EC", crv: "P-256", x, y };
  }

  /** The kept key; made, with the platform's randomness, at first use. */
  static async kept(): Promise<ScriptKey> {
    const known = stored(KEY);
    const pool = await randomBytes(POOL_BYTES);
    if (known !== null) return new ScriptKey(fromBase64url(known), pool);
    const secret = p256.utils.randomSecretKey(await randomBytes(SEED_BYTES));
    keep(KEY, base64url(secret));
    return new ScriptKey(secret, pool);
  }

  sign(message: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(p256.sign(sha256(message), this.#secret, { prehash: false, lowS: false }).toBytes("compact"));
  }

  digest(message: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(sha256(message));
  }

  /**
   * Random bytes at once, though the platform gives them later only: a pool from it, stretched by
   * hashing (each block is the hash of the pool, and the pool moves on by another).
   */
  random(count: number): Uint8Array {
    const drawn = new Uint8Array(count);
    for (let at = 0; at < count; at += 32) {
      drawn.set(sha256(Uint8Array.from([1, ...this.#pool])).subarray(0, count - at), at);
      this.#pool = sha256(Uint8Array.from([0, ...this.#pool]));
    }
    return drawn;
  }
}

function randomBytes(length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    wx.getRandomValues({
      length,
      success: ({ randomValues }) => resolve(new Uint8Array(randomValues)),
      fail: () => reject(new Error("no randomness")),
    });
  });
}
