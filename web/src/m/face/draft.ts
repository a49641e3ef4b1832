/** What was typed before the camera, kept over a reload; not for whoever takes the phone later. */
import type { Variant } from "@/api/verification";

const KEY = "face.draft";
const KEPT_MS = 15 * 60_000;

export interface Details {
  name: string;
  number: string;
  variant: Variant;
}

export interface Draft extends Details {
  /** Whether the camera was on when it was written: after a reload, it was interrupted. */
  readonly filming: boolean;
}

interface Store {
  read<T>(key: string): Promise<T | null>;
  write(key: string, value: unknown): Promise<void>;
}

export class Drafts {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async read(): Promise<Draft | null> {
    const kept = await this.#store.read<Draft & { at: number }>(KEY);
    if (kept === null) return null;
    const age = this.#now() - kept.at;
    if (age >= 0 && age < KEPT_MS) return kept;
    await this.forget();
    return null;
  }

  async keep(draft: Draft): Promise<void> {
    await this.#store.write(KEY, { ...draft, at: this.#now() });
  }

  async forget(): Promise<void> {
    await this.#store.write(KEY, null);
  }
}
