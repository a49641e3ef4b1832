/**
 * A scanner that types: keys faster than fingers, ended by Enter. What comes slower is somebody's
 * typing and is left to whatever has the focus.
 */
const FASTEST_FINGERS_MS = 50;
const SHORTEST = 8;
const LONGEST = 4096;

export class Wedge {
  #text = "";
  #last = Number.NEGATIVE_INFINITY;

  /**
   * One key; returns the code that it ends, or null.
   * @param key as KeyboardEvent.key
   * @param at milliseconds of a clock that only goes on
   */
  press(key: string, at: number): string | null {
    const slow = at - this.#last > FASTEST_FINGERS_MS;
    this.#last = at;
    if (key === "Enter") return this.#ended(slow);
    if (key.length !== 1) return null; // Shift of a capital letter, among others
    this.#text = slow ? key : (this.#text + key).slice(0, LONGEST);
    return null;
  }

  /** Whether what comes now belongs to a code: two keys at least came too fast for fingers. */
  get reading(): boolean {
    return this.#text.length > 1;
  }

  #ended(slow: boolean): string | null {
    const code = this.#text;
    this.#text = "";
    return !slow && code.length >= SHORTEST ? code : null;
  }
}
