/** Reads COSE_Sign1 (RFC 9052, section 4.2), ES256, in the one spelling that counts. */
import { utf8 } from "@/api/base64url";
import { cbor, type Item } from "./cbor";
import { fromCbor } from "./cbor_reading";
import { low } from "./cose";
import { Malformed } from "./malformed";

const [ALGORITHM, KEY_ID, ES256] = [1, 4, -7] as const;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A structure whose form is right. Nothing in it is to be trusted before `isBy`. */
export interface Signed {
  readonly keyId: Uint8Array | null;
  readonly shielded: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Throws `Malformed` for another form, algorithm or header. */
export function readSigned(data: Uint8Array): Signed {
  const parts = fromCbor(data);
  if (!Array.isArray(parts) || parts.length !== 4) throw new Malformed();
  const [shielded, open, payload, signature] = parts as Item[];
  if (!(open instanceof Map) || open.size > 0) throw new Malformed();
  if (!isBytes(shielded) || !isBytes(payload) || !isBytes(signature)) throw new Malformed();
  if (signature.length !== SIGNATURE_BYTES) throw new Malformed();
  return { keyId: keyIdIn(shielded), shielded, payload, signature };
}

/** Whether the signature is this key's, made for this use, and written as it has to be. */
export async function isBy(signed: Signed, key: CryptoKey, use: string): Promise<boolean> {
  if (hexOf(low(signed.signature)) !== hexOf(signed.signature)) return false;
  const message = cbor(["Signature1", signed.shielded, utf8(use), signed.payload]);
  const how = { name: "ECDSA", hash: "SHA-256" };
  return crypto.subtle.verify(how, key, signed.signature as BufferSource, message as BufferSource);
}

export function isBytes(item: Item | undefined): item is Uint8Array {
  return item instanceof Uint8Array;
}

export function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Members of a map whose keys are 1 to n, no more and no fewer. */
export function membersOf(payload: Uint8Array, count: number): Item[] {
  const claims = fromCbor(payload);
  if (!(claims instanceof Map) || claims.size !== count) throw new Malformed();
  return Array.from({ length: count }, (_, at) => {
    const member = (claims as ReadonlyMap<number, Item>).get(at + 1);
    if (member === undefined) throw new Malformed();
    return member;
  });
}

/** A whole number from 0 to below a bound. */
export function below(item: Item | undefined, bound: number): number {
  if (typeof item !== "number" || item < 0 || item >= bound) throw new Malformed();
  return item;
}

function keyIdIn(shielded: Uint8Array): Uint8Array | null {
  const header = fromCbor(shielded);
  if (!(header instanceof Map) || header.get(ALGORITHM) !== ES256) throw new Malformed();
  const keyId = header.get(KEY_ID) as Item | undefined;
  if (header.size !== (keyId === undefined ? 1 : 2)) throw new Malformed();
  if (keyId === undefined) return null;
  if (!isBytes(keyId) || keyId.length !== KEY_ID_BYTES) throw new Malformed();
  return keyId;
}
