/**
 * A code without a network, as `docs/offline-codes.md` of the system says: a credential that the
 * issuer signed, and the minute, purpose and nonce, signed with that credential's own key.
 */
import { fromBase64url, utf8 } from "@/api/base64url";
import { base45 } from "./base45";
import { joined } from "./bytes";
import { cbor } from "./cbor";
import { low, sign1, type Sign } from "./cose";

const PREFIX = "ZR1:";
const USE = "zr-card-presentation-1";
const POSSESSION = "zr-card-offline-key-1";
const NONCE_BYTES = 8;
/** What a QR code of version 13, level M, holds in alphanumeric mode (ISO/IEC 18004, table 7). */
const MOST_CHARACTERS = 483;
export const MINUTE_S = 60;

export interface Shown {
  /** The credential as the issuer signed it. */
  readonly issued: Uint8Array;
  /** Since 1970. */
  readonly minute: number;
  /** Five digits. */
  readonly purpose: string;
  readonly nonce: Uint8Array;
}

/** The text of the code's picture. Throws `RangeError` where it would not be one a till accepts. */
export async function present(shown: Shown, sign: Sign): Promise<string> {
  if (!/^\d{5}$/u.test(shown.purpose) || shown.nonce.length !== NONCE_BYTES) {
    throw new RangeError("a purpose has five digits, a nonce eight bytes");
  }
  const members = [shown.issued, shown.minute, Number(shown.purpose), shown.nonce];
  const payload = cbor(new Map(members.map((member, at) => [at + 1, member])));
  const text = PREFIX + base45(await sign1(payload, USE, sign));
  if (text.length > MOST_CHARACTERS) throw new RangeError("longer than its picture takes");
  return text;
}

/** That this device holds a key it wants a credential for; `device` is its own key's thumbprint. */
export async function prove(point: Uint8Array, device: string, sign: Sign): Promise<Uint8Array> {
  const zero = Uint8Array.of(0);
  return low(await sign(joined(utf8(POSSESSION), zero, utf8(device), zero, point)));
}

/** The compressed point of a key (SEC 1, section 2.3.3), 33 bytes. */
export function pointOf({ x = "", y = "" }: { readonly x?: string; readonly y?: string }): Uint8Array {
  const odd = (fromBase64url(y).at(-1) ?? 0) & 1;
  return joined(Uint8Array.of(2 + odd), fromBase64url(x));
}

/** The number of the minute a moment is in, seconds since 1970. */
export function minuteOf(seconds: number): number {
  return Math.floor(seconds / MINUTE_S);
}
