/**
 * Reads the CBOR that codes are made of, as `codes/cbor.py` does: little is understood and nothing
 * is forgiven. Each value has one spelling (RFC 8949, section 4.2.1).
 */
import type { Item } from "./cbor";
import { Malformed } from "./malformed";

const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP] = [0, 1, 2, 3, 4, 5] as const;
const WIDTHS: Readonly<Record<number, number>> = { 24: 1, 25: 2, 26: 4, 27: 8 };
const DEPTH = 4;

/**
 * The one item that the data is. Throws `Malformed` for another kind or spelling, nested too deep,
 * more or less than one; and for whole numbers beyond 53 bits, which no code holds.
 */
export function fromCbor(data: Uint8Array): Item {
  const reader = new Reader(data);
  const item = reader.item(DEPTH);
  if (reader.at !== data.length) throw new Malformed();
  return item;
}

class Reader {
  readonly #data: Uint8Array;
  at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  item(depth: number): Item {
    const [major, number] = this.#head();
    if (major !== ARRAY && major !== MAP) return this.#scalar(major, number);
    // Each item takes a byte at least, so a count beyond what is left is a lie.
    if (depth <= 0 || number > this.#data.length - this.at) throw new Malformed();
    return major === ARRAY ? Array.from({ length: number }, () => this.item(depth - 1)) : this.#map(number, depth);
  }

  #scalar(major: number, number: number): Item {
    if (major === UNSIGNED) return number;
    if (major === NEGATIVE) return -1 - number;
    if (major === BYTES) return this.#take(number);
    if (major === TEXT) return textOf(this.#take(number));
    throw new Malformed();
  }

  #head(): [number, number] {
    const first = this.#take(1)[0] ?? 0;
    const [major, low] = [first >> 5, first & 0x1f];
    if (low < 24) return [major, low];
    const width = WIDTHS[low];
    if (width === undefined) throw new Malformed();
    const number = this.#take(width).reduce((sum, byte) => sum * 256 + byte, 0);
    // A shorter head would do; or it is more than this page counts to.
    if (number < (width === 1 ? 24 : 2 ** (4 * width)) || !Number.isSafeInteger(number)) throw new Malformed();
    return [major, number];
  }

  #take(count: number): Uint8Array {
    const taken = this.#data.slice(this.at, this.at + count);
    if (taken.length !== count) throw new Malformed();
    this.at += count;
    return taken;
  }

  #map(count: number, depth: number): Item {
    const found = new Map<number, Item>();
    let last = new Uint8Array();
    for (let n = 0; n < count; n += 1) {
      const start = this.at;
      const key = this.item(0);
      const spelled = this.#data.slice(start, this.at);
      if (typeof key !== "number" || !isAfter(spelled, last)) throw new Malformed();
      found.set(key, this.item(depth - 1));
      last = spelled;
    }
    return found;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed();
  }
}

function isAfter(one: Uint8Array, other: Uint8Array): boolean {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const apart = (one[at] ?? 0) - (other[at] ?? 0);
    if (apart !== 0) return apart > 0;
  }
  return one.length > other.length;
}
