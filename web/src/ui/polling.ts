/**
 * Looking again: as often as the server says, slower where it does not answer, never while nobody
 * looks, never twice at a time. Timers and chance are arguments.
 */
export interface Timers {
  later(work: () => void, ms: number): unknown;
  cancel(timer: unknown): void;
}

export interface Pace {
  /** Milliseconds between two looks where the server names none. */
  readonly every: number;
  /** The longest wait after failures. */
  readonly most: number;
}

/** Seconds until the next look as the server says; undefined: the usual pace; null: it is over. */
export type Next = number | undefined | null;

/** Milliseconds to wait. Up to a tenth is added by chance: a crowd must not come in one moment. */
export function pauseAfter(next: number | undefined, pace: Pace, chance: number): number {
  const usual = next === undefined ? pace.every : Math.max(1, next) * 1000;
  return Math.round(usual * (1 + 0.1 * chance));
}

/** After so many failures in a row: twice as long each time; never before `retryAfter` seconds. */
export function pauseAfterFailure(failures: number, retryAfter: number | null, pace: Pace, chance: number): number {
  const slower = Math.min(pace.most, pace.every * 2 ** Math.min(failures, 16));
  return Math.round(Math.max(slower, (retryAfter ?? 0) * 1000) * (1 + 0.1 * chance));
}

export interface Looking {
  readonly look: () => Promise<Next>;
  /** What went wrong; answers with the seconds the server asked to wait, or null. */
  readonly failed: (failure: unknown) => number | null;
  readonly pace: Pace;
  readonly timers: Timers;
  readonly chance: () => number;
}

export class Poller {
  readonly #with: Looking;
  #timer: unknown = null;
  #failures = 0;
  #state: "stopped" | "asleep" | "waiting" | "looking" = "stopped";
  /** A look whose poller was stopped or put to sleep meanwhile decides nothing any more. */
  #turn = 0;

  constructor(looking: Looking) {
    this.#with = looking;
  }

  start(): void {
    if (this.#state === "stopped") void this.#look();
  }

  stop(): void {
    this.#rest("stopped");
  }

  /** Nobody sees the page. */
  sleep(): void {
    if (this.#state !== "stopped") this.#rest("asleep");
  }

  /** Somebody sees it again, or the network is back: look at once. */
  wake(): void {
    if (this.#state === "asleep" || this.#state === "waiting") {
      this.#rest("waiting");
      void this.#look();
    }
  }

  #rest(state: "stopped" | "asleep" | "waiting"): void {
    if (this.#timer !== null) this.#with.timers.cancel(this.#timer);
    this.#timer = null;
    this.#turn += 1;
    this.#state = state;
  }

  async #look(): Promise<void> {
    this.#state = "looking";
    this.#turn += 1;
    const turn = this.#turn;
    const pause = await this.#pause();
    if (turn !== this.#turn) return;
    if (pause === null) this.#rest("stopped");
    else {
      this.#state = "waiting";
      this.#timer = this.#with.timers.later(() => void this.#look(), pause);
    }
  }

  async #pause(): Promise<number | null> {
    const { look, failed, pace, chance } = this.#with;
    try {
      const next = await look();
      this.#failures = 0;
      return next === null ? null : pauseAfter(next, pace, chance());
    } catch (failure) {
      this.#failures += 1;
      return pauseAfterFailure(this.#failures, failed(failure), pace, chance());
    }
  }
}
