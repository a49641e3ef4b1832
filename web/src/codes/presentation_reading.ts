/** An offline code taken apart, as `codes/presentation.py` and `codes/credential.py` do it. */
import { fromBase45 } from "./base45_reading";
import { below, isBy, isBytes, membersOf, readSigned, type Signed } from "./cose_reading";
import { Malformed } from "./malformed";

export const PREFIX = "ZR1:";
const MOST_CHARACTERS = 483;
const NONCE_BYTES = 8;
const POINT_BYTES = 33;
const [PRESENTATION_USE, CREDENTIAL_USE] = ["zr-card-presentation-1", "zr-card-credential-1"] as const;
const UINT32 = 2 ** 32;

/** The issuer's word that who holds this key holds an active card. */
export interface Credential {
  readonly point: Uint8Array;
  /** Seconds since 1970, as is `until`. */
  readonly from: number;
  readonly until: number;
  /** 1 to 3. */
  readonly level: number;
  /** The most that may be sold on it, fen. */
  readonly cap: number;
}

/** Nothing in it is to be trusted before both signatures were found good. */
export interface Shown {
  readonly credential: Credential;
  readonly issued: Signed;
  /** Minutes since 1970. */
  readonly minute: number;
  /** Five digits. */
  readonly purpose: string;
  readonly signed: Signed;
}

/** Throws `Malformed`; nothing longer than a code is looked at. */
export function readShown(text: string): Shown {
  if (!text.startsWith(PREFIX) || text.length > MOST_CHARACTERS) throw new Malformed();
  const signed = readSigned(fromBase45(text.slice(PREFIX.length)));
  if (signed.keyId !== null) throw new Malformed();
  const [issued, minute, purpose, nonce] = membersOf(signed.payload, 4);
  if (!isBytes(issued) || !isBytes(nonce) || nonce.length !== NONCE_BYTES) throw new Malformed();
  const credential = readSigned(issued);
  if (credential.keyId === null) throw new Malformed();
  return {
    credential: claimsOf(credential),
    issued: credential,
    minute: below(minute, 2 ** 27),
    purpose: String(below(purpose, 100_000)).padStart(5, "0"),
    signed,
  };
}

export function isByIssuer(shown: Shown, key: CryptoKey): Promise<boolean> {
  return isBy(shown.issued, key, CREDENTIAL_USE);
}

export function isByHolder(shown: Shown, key: CryptoKey): Promise<boolean> {
  return isBy(shown.signed, key, PRESENTATION_USE);
}

function claimsOf(issued: Signed): Credential {
  const [point, from, until, level, cap] = membersOf(issued.payload, 5);
  if (!isBytes(point) || point.length !== POINT_BYTES) throw new Malformed();
  const read = {
    point,
    from: below(from, UINT32),
    until: below(until, UINT32),
    level: below(level, 4),
    cap: below(cap, UINT32),
  };
  if (read.level === 0 || read.from >= read.until) throw new Malformed();
  return read;
}
