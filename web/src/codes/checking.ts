/** Checking an offline code without a network, in the order of `codes/checking.py`. */
import { hexOf } from "./cose_reading";
import { Malformed } from "./malformed";
import { aliasOf, keyOf, type IssuerKeys } from "./points";
import { isByHolder, isByIssuer, readShown, type Shown } from "./presentation_reading";
import type { Revocations } from "./revocations";

export type Reason =
  | "MALFORMED"
  | "UNKNOWN_ISSUER"
  | "BAD_SIGNATURE"
  | "NOT_YET_VALID"
  | "EXPIRED"
  | "WRONG_PURPOSE"
  | "CLOCK_AHEAD"
  | "STALE"
  | "REVOKED"
  | "DELTA_TOO_OLD"
  | "DELTA_FROM_FUTURE";

/** What a till learns of a code. It names nobody. */
export interface Verdict {
  /** Why not; null: the code is good. */
  readonly reason: Reason | null;
  /** The credential's name, hex, once its signature was found good. */
  readonly alias: string;
  /** The most that may be sold on it, fen. */
  readonly cap: number;
  /** Seconds since 1970; the beginning of its minute. */
  readonly minuteAt: number;
}

/** Difference of the clocks of phone and till, to either side, and how old the list may be; seconds. */
export const SKEW_S = 60;
export const LIST_AGE_S = 24 * 3600;
const MINUTE_S = 60;

export interface Knowledge {
  readonly keys: IssuerKeys;
  readonly revocations: Revocations;
}

/**
 * Judge a code at `now`, seconds since 1970.
 *
 * 1. It has the form of a code. 2. A published key signed the credential. 3. The credential's key
 * signed the code. 4. The credential is valid now. 5. The purpose is the one asked for. 6. Its
 * minute is the present one. 7. The list is whole, neither too old nor from the future. 8. The
 * credential is not on it. The caller still owes that a code is taken once, and the cap.
 */
export async function check(text: string, known: Knowledge, now: number, purpose: string): Promise<Verdict> {
  const nothing = { alias: "", cap: 0, minuteAt: 0 };
  try {
    const shown = readShown(text); // 1
    const holder = await keyOf(shown.credential.point);
    const forged = await againstSignatures(shown, holder, known.keys); // 2, 3
    if (forged !== null) return { reason: forged, ...nothing };
    const alias = hexOf(await aliasOf(shown.credential.point));
    const reason =
      againstTimes(shown, now) ?? // 4
      (shown.purpose === purpose ? null : "WRONG_PURPOSE") ?? // 5
      againstMinute(shown, now) ?? // 6
      againstList(known.revocations, now) ?? // 7
      (known.revocations.aliases.has(alias) ? "REVOKED" : null); // 8
    return { reason, alias, cap: shown.credential.cap, minuteAt: shown.minute * MINUTE_S };
  } catch (failure) {
    if (failure instanceof Malformed) return { reason: "MALFORMED", ...nothing };
    throw failure;
  }
}

async function againstSignatures(shown: Shown, holder: CryptoKey, keys: IssuerKeys): Promise<Reason | null> {
  const issuer = keys.get(hexOf(shown.issued.keyId ?? new Uint8Array()));
  if (issuer === undefined) return "UNKNOWN_ISSUER";
  if (!(await isByIssuer(shown, issuer))) return "BAD_SIGNATURE";
  return (await isByHolder(shown, holder)) ? null : "BAD_SIGNATURE";
}

function againstTimes({ credential }: Shown, now: number): Reason | null {
  if (now < credential.from) return "NOT_YET_VALID";
  return now >= credential.until ? "EXPIRED" : null;
}

function againstMinute({ minute }: Shown, now: number): Reason | null {
  const begin = minute * MINUTE_S;
  if (now < begin - SKEW_S) return "CLOCK_AHEAD";
  return now >= begin + MINUTE_S + SKEW_S ? "STALE" : null;
}

function againstList(revocations: Revocations, now: number): Reason | null {
  if (now < revocations.at - SKEW_S) return "DELTA_FROM_FUTURE";
  return !revocations.complete || now - revocations.at > LIST_AGE_S ? "DELTA_TOO_OLD" : null;
}
