/**
 * A lottery worked out once more from what was published (docs/booking.md, A rush): whoever does
 * not believe the ranks computes them on their own phone. Hashing is an argument.
 */
import type { Draw, DrawEntry } from "@/api/booking";
import { utf8 } from "@/api/base64url";

export interface Hashing {
  sha256(message: Uint8Array): Promise<Uint8Array>;
  /** HMAC-SHA-256 under one key, for many messages. */
  hmac(key: Uint8Array): Promise<(message: Uint8Array) => Promise<Uint8Array>>;
}

export type Outcome =
  | { readonly kind: "undrawn" }
  | { readonly kind: "seed" | "entries" | "ranks" }
  | { readonly kind: "right"; readonly entries: number; readonly ranks: ReadonlyMap<string, number> };

/**
 * 1. The seed is the one committed to before anybody entered.
 * 2. The tickets are those whose digest was published before the public number was known.
 * 3. The ranks that follow are those that were given.
 */
export async function recomputed(draw: Draw, entries: readonly DrawEntry[], hashing: Hashing): Promise<Outcome> {
  const { seed, public_value: drawn, entries_digest: sealed } = draw;
  if (!seed || !drawn || !sealed) return { kind: "undrawn" };
  const key = fromHex(seed);
  if (toHex(await hashing.sha256(key)) !== draw.commitment) return { kind: "seed" }; // 1
  const ids = entries.map((entry) => entry.ticket_id).sort();
  const digest = await hashing.sha256(utf8(ids.map((id) => `${id}\n`).join("")));
  if (toHex(digest) !== sealed) return { kind: "entries" }; // 2
  const ranks = await ranked(ids, joined(digest, utf8(drawn), Uint8Array.of(0)), await hashing.hmac(key));
  const same = entries.every((entry) => ranks.get(entry.ticket_id) === entry.rank); // 3
  return same ? { kind: "right", entries: ids.length, ranks } : { kind: "ranks" };
}

async function ranked(
  ids: readonly string[],
  before: Uint8Array,
  hmac: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<Map<string, number>> {
  const keyed: [key: string, id: string][] = [];
  for (const id of ids) keyed.push([toHex(await hmac(joined(before, utf8(id)))), id]);
  keyed.sort(([one], [other]) => (one < other ? -1 : 1));
  return new Map(keyed.map(([, id], at) => [id, at + 1]));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}
