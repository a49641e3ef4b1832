/** The screen as a lamp: the pictures of a light step, each for its time, over everything else. */
import type { Segment } from "@/api/verification";
import { placeAt } from "@/face/flashing";

/** Two halves of the screen. */
export class Lamp {
  readonly #screen: HTMLElement;
  readonly #halves: readonly [HTMLElement, HTMLElement];
  #showing = 0;

  constructor(screen: HTMLElement, halves: readonly [HTMLElement, HTMLElement]) {
    this.#screen = screen;
    this.#halves = halves;
  }

  /** Nothing but black, before the first picture. */
  dark(): void {
    this.#paint({ pattern: "full", first: "#000000", second: "#000000" });
    this.#screen.hidden = false;
  }

  off(): void {
    this.#showing += 1;
    this.#screen.hidden = true;
  }

  /** Show one after the other; the moment by `performance.now()` when the first appeared. */
  async play(segments: readonly Segment[], segmentMs: number): Promise<number> {
    const turn = (this.#showing += 1);
    const [first] = segments;
    if (first === undefined) throw new RangeError("no picture");
    const painted = await frame();
    this.#paint(first);
    const shown = await frame();
    const ahead = shown - painted; // what is painted now is seen with the next frame
    let place = 0;
    const go = (): void => {
      if (turn !== this.#showing) return;
      const due = placeAt(performance.now() + ahead - shown, segmentMs, segments.length);
      if (due !== place) this.#paint(segments[due] ?? first);
      place = due;
      requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
    return shown;
  }

  #paint({ pattern, first, second }: Segment): void {
    this.#screen.dataset["pattern"] = pattern;
    this.#halves[0].style.backgroundColor = first;
    this.#halves[1].style.backgroundColor = pattern === "full" ? first : second;
  }
}

function frame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
}
