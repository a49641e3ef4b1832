/**
 * A scanner that types: a burst of keys, each soon after the last, ended by Enter. Told from a
 * person by its speed and length; what it typed into a field is taken back out of it by the caller.
 */
export interface Key {
  readonly key: string;
  /** Milliseconds of a clock that nobody sets. */
  readonly at: number;
}

/** Between two keys of a scanner; people type slower, and pause. */
const MOST_APART_MS = 60;
/** Of the shortest barcode. */
const FEWEST = 8;
const MOST = 512;

export class Wedge {
  #text = "";
  #last = Number.NEGATIVE_INFINITY;

  /** How many keys of a burst are held now. */
  get held(): number {
    return this.#text.length;
  }

  /** Takes one key. What was scanned, once its Enter has come; else null. */
  take({ key, at }: Key): string | null {
    const soon = at - this.#last <= MOST_APART_MS;
    this.#last = at;
    if (key === "Enter") {
      const text = soon && this.#text.length >= FEWEST ? this.#text : null;
      this.#text = "";
      return text;
    }
    if (key.length !== 1) {
      if (key !== "Shift" || !soon) this.#text = ""; // a capital of the scanner's comes with its Shift
      return null;
    }
    this.#text = soon && this.#text.length < MOST ? this.#text + key : key;
    return null;
  }
}
