/** Keys of P-256 as codes carry and name them; WebCrypto takes no compressed point, so y is found here. */
import { base64url, fromBase64url, utf8 } from "@/api/base64url";
import { joined } from "./bytes";
import { hexOf } from "./cose_reading";
import { Malformed } from "./malformed";

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const COORDINATE_BYTES = 32;
const ALIAS = "zr-card-alias-1";
export const ALIAS_BYTES = 16;
const KEY_ID_BYTES = 8;
const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

/** The issuer's published keys by the hex of their names. The empty set believes nobody. */
export type IssuerKeys = ReadonlyMap<string, CryptoKey>;

/** The key of a compressed point (SEC 1, section 2.3.4). Throws `Malformed` where it is none. */
export async function keyOf(point: Uint8Array): Promise<CryptoKey> {
  const form = point[0] ?? 0;
  if (point.length !== 1 + COORDINATE_BYTES || (form !== 2 && form !== 3)) throw new Malformed();
  const x = BigInt(`0x${hexOf(point.subarray(1))}`);
  if (x >= P) throw new Malformed();
  const square = (((x * x + P - 3n) % P) * x + B) % P;
  const root = power(square, (P + 1n) / 4n); // P is 3 modulo 4
  if ((root * root) % P !== square) throw new Malformed();
  const y = (root & 1n) === BigInt(form & 1) ? root : P - root;
  return imported(point.subarray(1), bytesOf(y));
}

/** A credential's name: a hash of its key, 16 bytes. */
export async function aliasOf(point: Uint8Array): Promise<Uint8Array> {
  const named = joined(utf8(ALIAS), Uint8Array.of(0), point);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", named as BufferSource)).slice(0, ALIAS_BYTES);
}

/** Reads a JWK set (RFC 7517) as the issuer publishes it. Throws `Malformed`. */
export async function issuerKeys(jwks: unknown): Promise<IssuerKeys> {
  const listed = (jwks as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(listed)) throw new Malformed();
  return new Map(await Promise.all(listed.map(named)));
}

async function named(jwk: unknown): Promise<[string, CryptoKey]> {
  const { kty, crv, x, y, d } = (jwk ?? {}) as Readonly<Record<string, unknown>>;
  if (kty !== "EC" || crv !== "P-256" || d !== undefined) throw new Malformed();
  if (typeof x !== "string" || typeof y !== "string") throw new Malformed();
  const key = await imported(canonical(x), canonical(y));
  const thumbprint = await crypto.subtle.digest("SHA-256", utf8(JSON.stringify({ crv, kty, x, y })) as BufferSource);
  return [hexOf(new Uint8Array(thumbprint).slice(0, KEY_ID_BYTES)), key];
}

function canonical(text: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = fromBase64url(text);
  } catch {
    throw new Malformed();
  }
  if (bytes.length !== COORDINATE_BYTES || base64url(bytes) !== text) throw new Malformed();
  return bytes;
}

async function imported(x: Uint8Array, y: Uint8Array): Promise<CryptoKey> {
  try {
    const point = joined(Uint8Array.of(4), x, y);
    return await crypto.subtle.importKey("raw", point as BufferSource, P256, false, ["verify"]);
  } catch {
    throw new Malformed();
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base % P];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16).padStart(2 * COORDINATE_BYTES, "0");
  return Uint8Array.from({ length: COORDINATE_BYTES }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
