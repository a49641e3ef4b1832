/**
 * CBOR (RFC 8949), the few kinds that codes are made of, written in their one deterministic form
 * (section 4.2.1): shortest heads, definite lengths, keys in order.
 */
import { joined } from "./bytes";
import { utf8 } from "@/api/base64url";

export type Item = number | string | Uint8Array | readonly Item[] | ReadonlyMap<number, Item>;

const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP] = [0, 1, 2, 3, 4, 5] as const;

/** Throws `RangeError` for a number that is not whole, or beyond 32 bits: codes need no larger. */
export function cbor(item: Item): Uint8Array {
  if (typeof item === "number") return item < 0 ? head(NEGATIVE, -1 - item) : head(UNSIGNED, item);
  if (typeof item === "string") {
    const text = utf8(item);
    return joined(head(TEXT, text.length), text);
  }
  if (item instanceof Uint8Array) return joined(head(BYTES, item.length), item);
  if (item instanceof Map) return map(item as ReadonlyMap<number, Item>);
  const list = item as readonly Item[];
  return joined(head(ARRAY, list.length), ...list.map(cbor));
}

function map(entries: ReadonlyMap<number, Item>): Uint8Array {
  const pairs = [...entries].map(([key, value]) => ({ key: cbor(key), value: cbor(value) }));
  pairs.sort((one, other) => compared(one.key, other.key));
  return joined(head(MAP, pairs.length), ...pairs.flatMap(({ key, value }) => [key, value]));
}

function head(major: number, number: number): Uint8Array {
  if (!Number.isInteger(number) || number > 0xffffffff) throw new RangeError("not of 32 bits");
  const first = major << 5;
  if (number < 24) return Uint8Array.of(first | number);
  if (number < 0x100) return Uint8Array.of(first | 24, number);
  if (number < 0x10000) return Uint8Array.of(first | 25, number >> 8, number & 255);
  const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
  return Uint8Array.of(first | 26, ...bytes);
}

function compared(one: Uint8Array, other: Uint8Array): number {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const apart = (one[at] ?? 0) - (other[at] ?? 0);
    if (apart !== 0) return apart;
  }
  return one.length - other.length;
}
