/** One step before the camera: how long it is filmed, and when the screen gives its light. */
import type { Picture } from "@/api/chain";
import type { Step, StepAnswer } from "@/api/verification";
import { isSafe } from "./flashing";
import { keptUp, LONGEST_GAP_MS } from "./pace";

/** To read what is asked, do it and come back. */
const MOVING_MS = 3600;
const STEADY_MS = 1200;
const SETTLING_MS = 150;
/** Left of a step's window for the last frame. */
const RESERVE_MS = 500;
/** To read that the screen will change, in the dark. */
const DARK_MS = 900;
/** The first picture of light comes when the camera has seen a few frames without. */
const BEFORE_LIGHT_MS = 200;
/** No frame lies further before the first picture; the server takes 400. */
const MOST_BEFORE_MS = 350;
const TAIL_MS = 400;
const LOOK_MS = 25;

export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The screen would flash faster than is safe. */
export class UnsafeLight extends Error {
  override readonly name = "UnsafeLight";
}

export interface Filming {
  readonly camera: { take(taking: ((picture: Picture) => void) | null): void; settled(): Promise<void> };
  readonly lamp: { dark(): void; off(): void; play(segments: Step["parameters"]["segments"] & object, ms: number): Promise<number> };
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: { readonly aborted: boolean };
}

/** Film one step into its answer. Whether the camera kept up. */
export async function film(step: Step, answer: StepAnswer, filming: Filming): Promise<boolean> {
  const segments = step.parameters.segments ?? [];
  const times: number[] = [];
  const take = (picture: Picture): void => {
    if (times.length >= step.max_frames) return;
    const gap = picture.t_ms - (times[times.length - 1] ?? picture.t_ms);
    // A stumble at the beginning is forgotten; what light was shown meanwhile cannot be.
    if (gap > LONGEST_GAP_MS && segments.length === 0 && answer.restart()) times.length = 0;
    times.push(picture.t_ms);
    answer.add(picture);
  };
  const began = filming.now();
  const enough = (length: number) => (): boolean => {
    const span = (times[times.length - 1] ?? 0) - (times[0] ?? 0);
    const late = filming.now() - began > step.window_ms - RESERVE_MS;
    const done = (span >= length || late) && times.length >= step.min_frames;
    return answer.over || done || times.length >= step.max_frames;
  };
  try {
    if (segments.length > 0) {
      const length = await lit(step, segments, { answer, take, filming });
      await until(enough(length), filming);
    } else {
      filming.camera.take(take);
      await until(enough(lengthOf(step)), filming);
    }
  } finally {
    filming.camera.take(null);
    filming.lamp.off();
  }
  await filming.camera.settled();
  return keptUp(times);
}

export function lengthOf(step: Step): number {
  return Math.max(step.hold_ms, step.kind === "baseline" ? STEADY_MS : MOVING_MS) + SETTLING_MS;
}

interface Lit {
  readonly answer: StepAnswer;
  readonly take: (picture: Picture) => void;
  readonly filming: Filming;
}

/** Begin a light step; how long it is to be filmed. */
async function lit(step: Step, segments: Step["parameters"]["segments"] & object, { answer, take, filming }: Lit): Promise<number> {
  const each = step.parameters.segment_ms ?? 0;
  if (!isSafe(each)) throw new UnsafeLight();
  const held: Picture[] = [];
  let shown: number | null = null;
  filming.lamp.dark();
  await paused(DARK_MS, filming);
  filming.camera.take((picture) => (shown === null ? held.push(picture) : take(picture)));
  await until(() => held.length > 0, filming);
  await paused(BEFORE_LIGHT_MS, filming);
  const appeared = Math.round(await filming.lamp.play(segments, each));
  shown = appeared;
  answer.shown(appeared);
  held.filter((picture) => picture.t_ms >= appeared - MOST_BEFORE_MS).forEach(take);
  const wanted = segments.length * each + TAIL_MS;
  return Math.max(step.hold_ms, wanted) + BEFORE_LIGHT_MS;
}

async function paused(ms: number, { wait, signal }: Filming): Promise<void> {
  await wait(ms);
  if (signal.aborted) throw new Interrupted();
}

async function until(done: () => boolean, filming: Filming): Promise<void> {
  const began = filming.now();
  while (!done()) {
    await paused(LOOK_MS, filming);
    if (filming.now() - began > 15_000) throw new Interrupted(); // the camera delivers nothing
  }
}
