/**
 * Sales that were taken without a network, and what became of each. A sale is kept before the
 * goods leave, an outcome before the cashier hears of it.
 */
import type { AskedLine, Names, Outcome, Upload } from "@/api/till";
import type { Store } from "./store";

const KEPT = "sales";
const KEPT_FOR_S = 35 * 24 * 3600;
const UPLOAD_WITHIN_S = 72 * 3600;
const MINUTE_S = 60;
export const ACCEPTED = "ACCEPTED";
/** A terminal's purposes, a clock: the same upload may be accepted later. */
const MAY_BE_PUT_RIGHT = ["PURPOSE_NOT_ALLOWED", "CODE_CLOCK_OFF"];

export interface Sale {
  readonly id: string;
  /** Of the credential, hex. */
  readonly alias: string;
  readonly code: string;
  /** Seconds since 1970: the beginning of the code's minute, and when it was sold. */
  readonly minuteAt: number;
  readonly at: number;
  readonly lines: readonly (AskedLine & { readonly names: Names })[];
  readonly outcome: Outcome | null;
}

export function amountOf(sale: Sale): number {
  return sale.lines.reduce((sum, line) => sum + line.quantity * line.unit_price_fen, 0);
}

/** Whether it has to be uploaded, perhaps once more. */
export function waits(sale: Sale): boolean {
  return sale.outcome === null || MAY_BE_PUT_RIGHT.includes(sale.outcome.verdict);
}

export function uploadUntil(sale: Sale): number {
  return sale.minuteAt + MINUTE_S + UPLOAD_WITHIN_S;
}

/** When an accepted sale's presence token ends, seconds since 1970. */
export function settleUntil(sale: Sale): number {
  return Date.parse(sale.outcome?.expires_at ?? "1970-01-01T00:00:00Z") / 1000;
}

export function uploadOf(sale: Sale): Upload {
  const lines = sale.lines.map(({ code, quantity, unit_price_fen }) => ({
    item: code,
    quantity,
    amount_fen: quantity * unit_price_fen,
  }));
  return { code: sale.code, sale: { sale_id: sale.id, lines } };
}

export class Sales {
  readonly #store: Store;
  all: readonly Sale[];

  private constructor(store: Store, all: readonly Sale[]) {
    this.#store = store;
    this.all = all;
  }

  static async opened(store: Store, now: number): Promise<Sales> {
    const all = (await store.read<Sale[]>(KEPT)) ?? [];
    return new Sales(store, all.filter((one) => waits(one) || now - one.at < KEPT_FOR_S));
  }

  get waiting(): readonly Sale[] {
    return this.all.filter(waits);
  }

  knows(alias: string): boolean {
    return this.all.some((one) => one.alias === alias);
  }

  /** On the disk when this is over. */
  async keep(sale: Sale): Promise<void> {
    this.all = [...this.all, sale];
    await this.#store.write(KEPT, this.all);
  }

  async judge(outcomes: readonly Outcome[]): Promise<void> {
    const told = new Map(outcomes.map((one) => [one.sale_id, one]));
    this.all = this.all.map((one) => ({ ...one, outcome: told.get(one.id) ?? one.outcome }));
    await this.#store.write(KEPT, this.all);
  }
}
