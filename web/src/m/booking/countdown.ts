/**
 * Deadlines by the server's clock: a phone's own may be minutes wrong, and whoever is a minute late
 * has lost their place. Nothing here knows a browser.
 */
const HINTS_S = [300, 120, 60, 30, 10];

/** The server's time, kept as its difference to a clock that only goes forward. */
export class ServerClock {
  readonly #steady: () => number;
  #ahead: number;

  /**
   * @param steady milliseconds of a clock that nobody sets.
   * @param wall milliseconds since 1970 as the device thinks, until the server was heard.
   */
  constructor(steady: () => number, wall: () => number) {
    this.#steady = steady;
    this.#ahead = wall() - steady();
  }

  /** A `Date` header (RFC 9110, 6.6.1). It has whole seconds: the middle of its second is meant. */
  heard(date: string | null): void {
    const told = date === null ? Number.NaN : Date.parse(date);
    if (!Number.isNaN(told)) this.#ahead = told + 500 - this.#steady();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#steady() + this.#ahead;
  }
}

/** Whole seconds until a moment (ISO 8601), 0 once it has come. Never promises a second too much. */
export function secondsLeft(deadline: string, now: number): number {
  return Math.max(0, Math.floor((Date.parse(deadline) - now) / 1000));
}

/** 9:05, or 1:09:05. */
export function asClock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const rest = two(seconds % 60);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** What is said aloud: at five minutes, two, one, and so on; not each second. Null: nothing yet. */
export function hintAt(seconds: number): number | null {
  if (seconds === 0) return 0;
  return HINTS_S.findLast((hint) => seconds <= hint) ?? null;
}
