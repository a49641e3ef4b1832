/**
 * How long a code still counts. Counted from when it arrived, by a clock that nobody sets: the
 * phone's time of day may be minutes wrong.
 */
export interface Countdown {
  /** Milliseconds of such a clock. */
  readonly begun: number;
  readonly life: number;
}

/** A code is renewed this much before its end, so that none is shown that ends in the scanner. */
export const EARLY_MS = 3_000;

export function leftOf(countdown: Countdown, now: number): number {
  return Math.min(countdown.life, Math.max(0, countdown.begun + countdown.life - now));
}

/** 1 at the beginning, 0 at the end. */
export function shareOf(countdown: Countdown, now: number): number {
  return countdown.life <= 0 ? 0 : leftOf(countdown, now) / countdown.life;
}

export function isDue(countdown: Countdown, now: number): boolean {
  return leftOf(countdown, now) <= Math.min(EARLY_MS, countdown.life / 10);
}

/** Digits as cashiers type them: 1234 5678 9012 3456 78. */
export function grouped(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/gu, "$1 ");
}
