/**
 * Writes that must take effect once. Each is written down with its key before it is sent, and stays
 * until an answer says what became of it: after a lost answer, or a reload in the middle, the same
 * write goes out under the same key and does nothing twice.
 */
import { Problem } from "@/api/problem";

/** A write whose answer has not come. */
export interface OpenWrite {
  readonly key: string;
  readonly path: string;
  readonly body: unknown;
  /** What it is for the person at the desk. */
  readonly kind: WriteKind;
  /** Of whom or what, such as 心血管内科 or No. 3. */
  readonly about: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type WriteKind = "call" | "again" | "pass" | "serve" | "stop";

export interface WriteStore {
  /** Change the list, alone. */
  change(next: (open: readonly OpenWrite[]) => readonly OpenWrite[]): Promise<readonly OpenWrite[]>;
}

export type Send = <T>(path: string, body: unknown, key: string) => Promise<T>;

export interface WriteParts {
  readonly store: WriteStore;
  readonly send: Send;
  readonly newKey: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Hears which writes have no answer, whenever that changes. */
  readonly tell: (open: readonly OpenWrite[]) => void;
}

export interface Asked {
  readonly path: string;
  readonly body?: unknown;
  readonly kind: WriteKind;
  readonly about: string;
}

/** What is older says nothing of now: who was called then stands in the line as called. */
const FRESH_MS = 15 * 60_000;
const FIRST_FAULT = 500;
const PASSING = new Set([401, 403, 425, 429]);
const STILL_RUNNING = "IDEMPOTENCY_IN_PROGRESS";

export class Writes {
  readonly #store: WriteStore;
  readonly #send: Send;
  readonly #newKey: () => string;
  readonly #now: () => number;
  readonly #tell: (open: readonly OpenWrite[]) => void;
  /** Keys of those that are on their way: nobody has to ask what became of them yet. */
  readonly #sending = new Set<string>();

  constructor(parts: WriteParts) {
    this.#store = parts.store;
    this.#send = parts.send;
    this.#newKey = parts.newKey;
    this.#now = parts.now;
    this.#tell = parts.tell;
  }

  /** Those that were sent and have no answer, oldest first; also told to whoever shows them. */
  async open(): Promise<readonly OpenWrite[]> {
    const all = await this.#store.change((kept) => kept.filter((one) => this.#fresh(one)));
    const open = all.filter((one) => !this.#sending.has(one.key));
    this.#tell(open);
    return open;
  }

  /** Send a write; the same one that is still open goes out again under its key. */
  async attempt<T>(asked: Asked): Promise<T> {
    const { path, body = null, kind, about } = asked;
    const made: OpenWrite = { key: this.#newKey(), path, body, kind, about, at: this.#now() };
    const same = (one: OpenWrite): boolean => this.#fresh(one) && one.path === path && equal(one.body, body);
    const all = await this.#store.change((open) => (open.some(same) ? open : [...open, made]));
    return this.again<T>(all.find(same) ?? made);
  }

  /** Ask what became of one. */
  async again<T>(write: OpenWrite): Promise<T> {
    this.#sending.add(write.key);
    try {
      const told = await this.#send<T>(write.path, write.body, write.key);
      await this.#forget(write.key);
      return told;
    } catch (failure) {
      if (isFinal(failure)) await this.#forget(write.key);
      throw failure;
    } finally {
      this.#sending.delete(write.key);
      await this.open();
    }
  }

  /** Let one be: what became of it is not asked any more. */
  async drop(key: string): Promise<void> {
    await this.#forget(key);
    await this.open();
  }

  async #forget(key: string): Promise<void> {
    await this.#store.change((open) => open.filter((one) => one.key !== key));
  }

  #fresh(one: OpenWrite): boolean {
    return this.#now() - one.at < FRESH_MS;
  }
}

/** Whether a failure says that the write has no effect and never will. */
export function isFinal(failure: unknown): boolean {
  if (!(failure instanceof Problem)) return false;
  return failure.code !== STILL_RUNNING && failure.status < FIRST_FAULT && !PASSING.has(failure.status);
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
