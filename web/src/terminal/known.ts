/** What a till knows of the issuer: its keys and the revoked credentials, as of some moment. */
import type { TillApi } from "@/api/till";
import { issuerKeys, type IssuerKeys } from "@/codes/points";
import { NOTHING_KNOWN, withPiece, type Revocations } from "@/codes/revocations";
import type { Store } from "./store";

const KEPT = "known";
const MOST_PIECES = 1_000; // ten million revocations: a server that never comes to an end
const WHOLE_EVERY_S = 24 * 3600;

interface Stored {
  readonly jwks: unknown;
  readonly revocations: Omit<Revocations, "aliases"> & { readonly aliases: readonly string[] };
  readonly fetchedAt: number;
  readonly wholeAt: number;
}

/** The beginning knows no keys, and so believes nobody. Times are seconds since 1970. */
export interface Known {
  readonly jwks: unknown;
  readonly keys: IssuerKeys;
  readonly revocations: Revocations;
  /** By the till's clock; `revocations.at` is by the issuer's. */
  readonly fetchedAt: number;
  /** When the list was last fetched from its beginning. */
  readonly wholeAt: number;
}

export const UNKNOWN: Known = {
  jwks: { keys: [] },
  keys: new Map(),
  revocations: NOTHING_KNOWN,
  fetchedAt: 0,
  wholeAt: 0,
};

/**
 * Learn what is new; what was known stays where anything of it is refused. Once a day the list is
 * fetched whole: it has shed what is over.
 */
export async function refreshed(known: Known, api: Pick<TillApi, "cardKeys" | "revocations">, now: number): Promise<Known> {
  const jwks = await api.cardKeys();
  const keys = await issuerKeys(jwks);
  const whole = now - known.wholeAt >= WHOLE_EVERY_S;
  let revocations = whole ? { ...known.revocations, upto: 0 } : known.revocations;
  for (let piece = 0; piece < MOST_PIECES; piece += 1) {
    revocations = await withPiece(revocations, await api.revocations(revocations.upto), keys);
    if (revocations.complete) break;
  }
  return { jwks, keys, revocations, fetchedAt: now, wholeAt: whole ? now : known.wholeAt };
}

export async function saveKnown(store: Store, known: Known): Promise<void> {
  const { jwks, revocations, fetchedAt, wholeAt } = known;
  const stored: Stored = { jwks, revocations: { ...revocations, aliases: [...revocations.aliases] }, fetchedAt, wholeAt };
  await store.write(KEPT, stored);
}

/** Where there is nothing, or anything else, nothing is known. */
export async function loadKnown(store: Store): Promise<Known> {
  const stored = await store.read<Stored>(KEPT);
  if (stored === null) return UNKNOWN;
  try {
    const revocations = { ...stored.revocations, aliases: new Set(stored.revocations.aliases) };
    return { ...stored, keys: await issuerKeys(stored.jwks), revocations };
  } catch {
    return UNKNOWN;
  }
}
