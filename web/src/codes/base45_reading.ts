/** Reads what `base45.ts` writes; every text has one reading and every reading one text. */
import { Malformed } from "./malformed";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const SQUARE = 45 * 45;

/** Throws `Malformed` for another character, a length no bytes have, or a number too large. */
export function fromBase45(text: string): Uint8Array {
  const values = Array.from(text, (letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1) || values.length % 3 === 1) throw new Malformed();
  const out: number[] = [];
  for (let at = 0; at < values.length; at += 3) {
    const [low = 0, middle = 0, high] = values.slice(at, at + 3);
    const number = low + 45 * middle + SQUARE * (high ?? 0);
    if (number > (high === undefined ? 0xff : 0xffff)) throw new Malformed();
    if (high !== undefined) out.push(number >> 8);
    out.push(number & 0xff);
  }
  return Uint8Array.from(out);
}
