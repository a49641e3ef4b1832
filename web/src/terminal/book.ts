/**
 * The till's book: every write whose answer has not come, and what was done in the last weeks.
 * A write is in it before it is sent; whatever stops the till, the next start knows what to ask.
 */
import type { GivenBack, Message, Settlement, Split } from "@/api/till";
import type { Store } from "./store";

export type CashBy = "till" | "provider";
export type Kind = "settle" | "refund" | "reverse";

/** A request that changes money, under the name it keeps for ever. */
export interface Write extends Message {
  readonly kind: Kind;
  readonly msgid: string;
  /** When it was first sent, China's time. */
  readonly at: string;
  /** The sale without a network that it settles, if it is one. */
  readonly sale: string;
  /** Who collects or gives back the cash part. */
  readonly cashBy: CashBy;
}

export const FIGURES = ["total", "fund", "account", "mutual", "cash"] as const;
export type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

/** What is kept of a write that was done: figures, nothing of the customer. Given back: below nought. */
export interface Entry extends Figures {
  readonly kind: Kind;
  readonly msgid: string;
  readonly at: string;
  readonly settlement: string;
  /** Of the refund; of a settlement its own id. */
  readonly id: string;
  readonly sale: string;
}

/** A day by the book, fen: settled less given back. */
export interface Day {
  readonly day: string;
  readonly settlements: number;
  readonly refunds: number;
  readonly figures: Figures;
  /** What nobody knows the end of; a day with any of these is not closed. */
  readonly open: readonly Write[];
}

const MOST_DAYS = 35;

export class Book {
  readonly #store: Store;
  open: readonly Write[];
  done: readonly Entry[];

  private constructor(store: Store, open: readonly Write[], done: readonly Entry[]) {
    this.#store = store;
    this.open = open;
    this.done = done;
  }

  static async opened(store: Store): Promise<Book> {
    const [open, done] = await Promise.all([store.read<Write[]>("open"), store.read<Entry[]>("done")]);
    return new Book(store, open ?? [], done ?? []);
  }

  /** On the disk when this is over. */
  async begin(write: Write): Promise<void> {
    this.open = [...this.open, write];
    await this.#store.write("open", this.open);
  }

  /** Nothing is open under a name any more, and what came of it. */
  async end(msgid: string, entry: Entry | null = null): Promise<void> {
    if (entry !== null && !this.done.some((one) => one.msgid === msgid)) {
      const all = [...this.done, entry];
      const days = [...new Set(all.map(dayOf))].sort().slice(-MOST_DAYS);
      this.done = all.filter((one) => days.includes(dayOf(one)));
      await this.#store.write("done", this.done); // first: stopped in between, it is asked for again
    }
    this.open = this.open.filter((one) => one.msgid !== msgid);
    await this.#store.write("open", this.open);
  }

  day(day: string): Day {
    const done = this.done.filter((one) => dayOf(one) === day);
    return {
      day,
      settlements: done.filter((one) => one.kind === "settle").length,
      refunds: done.filter((one) => one.kind !== "settle").length,
      figures: figuresOf((name) => done.reduce((sum, one) => sum + one[name], 0)),
      open: this.open.filter((one) => one.at.slice(0, 10) <= day),
    };
  }
}

export function isSettlement(reply: Settlement | GivenBack): reply is Settlement {
  return "split" in reply;
}

export function entryOf(write: Write, reply: Settlement | GivenBack): Entry {
  const split: Split | GivenBack = isSettlement(reply) ? reply.split : reply;
  const sign = write.kind === "settle" ? 1 : -1;
  return {
    kind: write.kind,
    msgid: write.msgid,
    at: write.at,
    settlement: reply.settlement_id,
    id: isSettlement(reply) ? reply.settlement_id : reply.id,
    sale: write.sale,
    ...figuresOf((name) => (split[name] === 0 ? 0 : sign * split[name])),
  };
}

export function dayOf(entry: Entry): string {
  return entry.at.slice(0, 10);
}

export function figuresOf(figure: (name: (typeof FIGURES)[number]) => number): Figures {
  return Object.fromEntries(FIGURES.map((name) => [name, figure(name)])) as unknown as Figures;
}
