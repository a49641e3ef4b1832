/** COSE_Sign1 (RFC 9052, section 4.2), ES256, untagged, in the one spelling that tills accept. */
import { utf8 } from "@/api/base64url";
import { cbor } from "./cbor";

/** Signs a message by ES256: r ‖ s, 64 bytes. */
export type Sign = (message: Uint8Array) => Promise<Uint8Array>;

const ALGORITHM = 1;
const ES256 = -7;
/** Of P-256's group (SEC 2, section 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A payload, signed. `use` says what for and travels nowhere: the reader names the same. */
export async function sign1(payload: Uint8Array, use: string, sign: Sign): Promise<Uint8Array> {
  const shielded = cbor(new Map([[ALGORITHM, ES256]]));
  const signature = low(await sign(cbor(["Signature1", shielded, utf8(use), payload])));
  return cbor([shielded, new Map<number, number>(), payload, signature]);
}

/** Of s and n - s, which both verify, the lesser: otherwise one code could be written in two ways. */
export function low(signature: Uint8Array): Uint8Array {
  let s = 0n;
  for (const byte of signature.subarray(32)) s = (s << 8n) | BigInt(byte);
  if (s <= ORDER / 2n) return signature;
  const lowered = signature.slice();
  let rest = ORDER - s;
  for (let at = 63; at >= 32; at -= 1) {
    lowered[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return lowered;
}
