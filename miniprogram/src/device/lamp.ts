/** The screen as a lamp: the pictures of a light step, each for its time, over everything else. */
import type { Segment } from "@/api/verification";
import { SHORTEST_MS } from "@/face/flashing";
import { now, wait } from "./clock";

/** Put a picture on the screen, or none; resolves when it is drawn. */
export type Show = (picture: Segment | null) => Promise<void>;

/** A page is drawn by another thread, some time after it was told to. */
const LONGEST_AHEAD_MS = 60;
const BLACK: Segment = { pattern: "full", first: "#000000", second: "#000000" };

export class Lamp {
  readonly #show: Show;
  #showing = 0;

  constructor(show: Show) {
    this.#show = show;
  }

  /** Nothing but black, before the first picture. */
  dark(): void {
    void this.#show(BLACK);
  }

  off(): void {
    this.#showing += 1;
    void this.#show(null);
  }

  /** Show one after the other; when the first was drawn, by the clock of the pictures. */
  async play(segments: readonly Segment[], segmentMs: number): Promise<number> {
    const turn = (this.#showing += 1);
    const [first] = segments;
    if (first === undefined) throw new RangeError("no picture");
    const told = now();
    await this.#show(first);
    const shown = now();
    void this.#goOn(segments, turn, { shown, segmentMs, ahead: Math.min(shown - told, LONGEST_AHEAD_MS) });
    return shown;
  }

  async #goOn(segments: readonly Segment[], turn: number, pace: { shown: number; segmentMs: number; ahead: number }): Promise<void> {
    let before = pace.shown;
    for (let place = 1; place < segments.length; place += 1) {
      const due = pace.shown + place * pace.segmentMs - pace.ahead;
      // Never sooner than is safe, whatever is caught up with.
      await wait(Math.max(due, before + SHORTEST_MS) - now());
      const next = segments[place];
      if (turn !== this.#showing || next === undefined) return;
      await this.#show(next);
      before = now();
    }
  }
}
