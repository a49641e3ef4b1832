/**
 * How fast and how large pictures are taken: fifteen a second, and smaller ones where a machine
 * cannot keep up. The server takes no less than ten a second and no pause above 0.4 s.
 */
export const FPS = 15;
/** A camera's own frames come a little early or late. */
const LEAST_INTERVAL_MS = 1000 / FPS - 9;
/** Longer side, pixels. */
const SIZES = [640, 560, 480] as const;
const SLOW_MS = 1000 / 13;
const WEIGHT = 0.2;
export const LONGEST_GAP_MS = 400;
export const LEAST_FPS = 10;

export class Pace {
  #size = 0;
  #last = -Infinity;
  /** Milliseconds of one picture's making, as of late. */
  #cost = 0;

  get longerSide(): number {
    return SIZES[this.#size] ?? SIZES[SIZES.length - 1]!;
  }

  /** Whether a frame that shows up now is to be taken. */
  due(now: number): boolean {
    if (now - this.#last < LEAST_INTERVAL_MS) return false;
    this.#last = now;
    return true;
  }

  took(ms: number): void {
    this.#cost = this.#cost === 0 ? ms : this.#cost + WEIGHT * (ms - this.#cost);
  }

  /** Between steps: smaller pictures when the last ones were made too slowly. */
  adapt(): void {
    if (this.#cost <= SLOW_MS || this.#size === SIZES.length - 1) return;
    this.#size += 1;
    this.#cost = 0;
  }
}

/** What of a camera's picture is kept: its shape, its longer side no longer than that, even. */
export function sized(width: number, height: number, longerSide: number): { width: number; height: number } {
  const part = Math.min(1, longerSide / Math.max(width, height));
  const even = (length: number): number => Math.max(2, 2 * Math.round((length * part) / 2));
  return { width: even(width), height: even(height) };
}

/** Whether the times of one step's pictures, ms, are those of a camera that kept up. */
export function keptUp(times: readonly number[]): boolean {
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const span = (times[times.length - 1] ?? 0) - (times[0] ?? 0);
  const fastEnough = span <= 0 || (1000 * gaps.length) / span >= LEAST_FPS;
  return fastEnough && gaps.every((gap) => gap <= LONGEST_GAP_MS);
}
