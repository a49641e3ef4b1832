/** Writes and what the books say, step by step; as `sandbox/terminal/till.py`. Nothing here draws. */
import { Problem } from "@/api/problem";
import { SETTLEMENTS, type Quote, type TillApi } from "@/api/till";
import { FIGURES, type Book, type CashBy, type Entry, type Kind, type Write } from "./book";
import { Once, type Done } from "./once";
import type { Sale } from "./sales";
import { chinaTime, nameAt } from "./times";

const NAME_BYTES = 6;

export interface CashierMeans {
  readonly api: TillApi;
  readonly book: Book;
  readonly logInAnew: () => Promise<void>;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly random: (count: number) => Uint8Array;
}

/** Units of the n-th line that come back. */
export interface Units {
  readonly n: number;
  readonly quantity: number;
}

/** What came of writes that were open. */
export interface Resolved {
  readonly done: readonly Done[];
  readonly refused: readonly Problem[];
}

export class Cashier {
  readonly #means: CashierMeans;
  readonly #once: Once;

  constructor(means: CashierMeans) {
    this.#means = means;
    this.#once = new Once(means);
  }

  /** A call that changes no money; logged in anew, once, where the token has ended. */
  async signedIn<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (failure) {
      if (!(failure instanceof Problem) || failure.status !== 401) throw failure;
      await this.#means.logInAnew();
      return call();
    }
  }

  /**
   * Settle a quote, once whatever happens. A write that is still open is brought to its end first;
   * while it cannot be, nothing new. Where it settled this very quote, that is the answer.
   */
  async settle(quote: Quote, cash: CashBy, sale = ""): Promise<Done> {
    const settled = (await this.resolve()).done.find((one) => one.write.body["quote_id"] === quote.quote_id);
    if (settled !== undefined) return settled;
    return this.#write("settle", SETTLEMENTS, { quote_id: quote.quote_id, cash }, cash, sale);
  }

  /** Give units of lines back, or all that is left where none are named. */
  async refund(id: string, units: readonly Units[], cashBy: CashBy): Promise<Done> {
    await this.resolve();
    const path = `${SETTLEMENTS}/${id}`;
    if (units.length === 0) return this.#write("reverse", `${path}/reversal`, {}, cashBy);
    return this.#write("refund", `${path}/refunds`, { lines: units }, cashBy);
  }

  /** Bring every open write to its end, as far as it can be. Throws `StillOpen` where nobody knows. */
  async resolve(): Promise<Resolved> {
    const [done, refused] = [[] as Done[], [] as Problem[]];
    for (const write of this.#means.book.open) {
      try {
        done.push(await this.#once.resume(write));
      } catch (failure) {
        if (!(failure instanceof Problem)) throw failure;
        refused.push(failure); // an end, too
      }
    }
    return { done, refused };
  }

  /** Make sure that a write nobody has seen never takes effect, and forget it. Whether it is so. */
  async fence(write: Write): Promise<boolean> {
    const { fenced } = await this.signedIn(() => this.#means.api.message(write.msgid, true));
    if (fenced) await this.#means.book.end(write.msgid);
    return fenced;
  }

  /** Whether a sale without a network was settled, by the book. */
  isSettled(sale: Sale): boolean {
    return this.settledAs(sale) !== null;
  }

  settledAs(sale: Sale): Entry | null {
    return this.#means.book.done.find((one) => one.kind === "settle" && one.sale === sale.id) ?? null;
  }

  /** Messages of a day that the system tells otherwise. */
  async differences(day: string): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    for (const one of this.#means.book.done.filter(({ at }) => at.slice(0, 10) === day)) {
      if (!(await this.#agrees(one))) found.push(one);
    }
    return found;
  }

  async #agrees(one: Entry): Promise<boolean> {
    const { api } = this.#means;
    const message = await this.signedIn(() => api.message(one.msgid));
    if (message.status !== "COMMITTED") return false;
    const told = await this.signedIn(() => api.settlement(one.settlement));
    if (one.kind === "settle") return FIGURES.every((name) => told.split[name] === one[name]);
    const back = told.refunds.find(({ id }) => id === one.id);
    return back !== undefined && FIGURES.every((name) => back[name] + one[name] === 0);
  }

  #write(kind: Kind, path: string, body: object, cashBy: CashBy, sale = ""): Promise<Done> {
    const at = this.#means.now();
    const msgid = nameAt(at, this.#means.random(NAME_BYTES));
    const write: Write = { kind, msgid, path, body: { ...body, msgid }, at: chinaTime(at), sale, cashBy };
    return this.#once.do(write);
  }
}
