/**
 * A cashier's work without a network, as `sandbox/terminal/desk.py`: going offline and back,
 * checking, keeping sales, bringing them in.
 */
import { Problem } from "@/api/problem";
import { MOST_UPLOADS, type Outcome, type TillApi, type TillPurpose } from "@/api/till";
import { check, LIST_AGE_S, type Reason, type Verdict } from "@/codes/checking";
import { PREFIX } from "@/codes/presentation_reading";
import { asked, totalOf, type Basket } from "./basket";
import { loadKnown, refreshed, saveKnown, UNKNOWN, type Known } from "./known";
import { ACCEPTED, amountOf, Sales, settleUntil, uploadOf, uploadUntil, type Sale } from "./sales";
import type { Store } from "./store";
import { nameAt } from "./times";

export type Own =
  | "ALREADY_TAKEN"
  | "OVER_CAP"
  | "OVER_TILL_LIMIT"
  | "NEEDS_NETWORK"
  | "MAYBE_USED"
  | "ADMISSION_OVER";

/** The till itself does not serve this code; it may be good. */
export class NotServed extends Error {
  override readonly name = "NotServed";
  readonly reason: Reason | Own;

  constructor(reason: Reason | Own) {
    super(reason);
    this.reason = reason;
  }
}

export interface Mode {
  readonly since: number;
  readonly by: "cashier" | "itself";
  readonly tried: number;
}

/** Who was checked without a network: nobody learns their name. */
export interface Admitted {
  readonly code: string;
  readonly alias: string;
  readonly cap: number;
  readonly minuteAt: number;
  readonly until: number;
}

/** Fen that may wait to be uploaded. */
export const MOST_WAITING = 500_000;
const TRY_AGAIN_S = 60;
const FRESH_S = 300; // what the keys' Cache-Control says
const ADMITTED_S = 30 * 60;
const NOT_UNDERSTOOD = [400, 413, 422];

export interface DeskMeans {
  readonly store: Store;
  readonly api: Pick<TillApi, "cardKeys" | "revocations" | "upload">;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly random: (count: number) => Uint8Array;
}

export class OfflineDesk {
  readonly #means: DeskMeans;
  readonly sales: Sales;
  known: Known = UNKNOWN;
  mode: Mode | null = null;

  private constructor(means: DeskMeans, sales: Sales) {
    this.#means = means;
    this.sales = sales;
  }

  static async opened(means: DeskMeans): Promise<OfflineDesk> {
    const desk = new OfflineDesk(means, await Sales.opened(means.store, means.now()));
    desk.known = await loadKnown(means.store);
    desk.mode = await means.store.read<Mode>("mode");
    return desk;
  }

  /** Whether a code is sent first: not where the cashier said so; once a minute where no answer came. */
  get triesNetwork(): boolean {
    if (this.mode === null) return true;
    const since = this.#means.now() - this.mode.tried;
    return this.mode.by === "itself" && !(since >= 0 && since < TRY_AGAIN_S);
  }

  async goOffline(by: Mode["by"]): Promise<void> {
    const now = this.#means.now();
    const before = this.mode?.by === "cashier" ? "cashier" : by;
    await this.#set({ since: this.mode?.since ?? now, by: before, tried: now });
  }

  goOnline(): Promise<void> {
    return this.#set(null);
  }

  /** An answer came; a cashier who went offline says when that is over. */
  async answered(): Promise<void> {
    if (this.mode?.by === "itself") await this.goOnline();
  }

  /** Fetch keys and list, and keep them. What was known stays where that fails. */
  async refresh(): Promise<void> {
    this.known = await refreshed(this.known, this.#means.api, this.#means.now());
    await saveKnown(this.#means.store, this.known);
  }

  get isFresh(): boolean {
    const age = this.#means.now() - this.known.fetchedAt;
    return age >= 0 && age < FRESH_S;
  }

  /** Until when codes are served by this list; 0: nothing is known. */
  get servesUntil(): number {
    return this.known.revocations.complete ? this.known.revocations.at + LIST_AGE_S : 0;
  }

  /** Check a code that somebody shows. Throws `NotServed`. */
  async admit(code: string, purpose: TillPurpose): Promise<Admitted> {
    if (!code.startsWith(PREFIX)) throw new NotServed("NEEDS_NETWORK");
    const verdict: Verdict = await check(code, this.known, this.#means.now(), purpose);
    if (verdict.reason !== null) throw new NotServed(verdict.reason);
    if (this.sales.knows(verdict.alias)) throw new NotServed("ALREADY_TAKEN");
    const { alias, cap, minuteAt } = verdict;
    return { code, alias, cap, minuteAt, until: this.#means.now() + ADMITTED_S };
  }

  /**
   * Keep a sale; after that the goods may leave. Admitted lately (1), not served since, nor heard of
   * as revoked (2), within the code's cap (3) and the till's own limit (4); else `NotServed`.
   */
  async sell(admitted: Admitted, basket: Basket): Promise<Sale> {
    const { sales } = this;
    const now = this.#means.now();
    if (now >= admitted.until) throw new NotServed("ADMISSION_OVER"); // 1
    if (sales.knows(admitted.alias)) throw new NotServed("ALREADY_TAKEN"); // 2
    if (this.known.revocations.aliases.has(admitted.alias)) throw new NotServed("REVOKED");
    const total = totalOf(basket);
    if (total > admitted.cap) throw new NotServed("OVER_CAP"); // 3
    const waiting = sales.waiting.reduce((sum, one) => sum + amountOf(one), 0);
    if (waiting + total > MOST_WAITING) throw new NotServed("OVER_TILL_LIMIT"); // 4
    const sale: Sale = {
      id: `s-${nameAt(now, this.#means.random(4))}`,
      alias: admitted.alias,
      code: admitted.code,
      minuteAt: admitted.minuteAt,
      at: now,
      lines: asked(basket).map((line, n) => ({ ...line, names: basket[n]?.item.names ?? { zh: "", en: "" } })),
      outcome: null,
    };
    await sales.keep(sale);
    return sale;
  }

  /**
   * Bring in what waits; each has its outcome kept batch by batch, so that where the line breaks the
   * rest waits. What was accepted too long ago to be settled is asked for once more.
   */
  async upload(isSettled: (sale: Sale) => boolean): Promise<void> {
    const again = this.sales.all.filter((one) => this.isOver(one) && !isSettled(one) && !this.isMissed(one));
    const all = [...this.sales.waiting, ...again];
    for (let at = 0; at < all.length; at += MOST_UPLOADS) {
      await this.sales.judge(await this.#judged(all.slice(at, at + MOST_UPLOADS)));
    }
  }

  /** Whether an accepted sale's time to settle it is over; a repeated upload begins it anew. */
  isOver(sale: Sale): boolean {
    return sale.outcome?.verdict === ACCEPTED && this.#means.now() >= settleUntil(sale);
  }

  /** Whether an accepted sale can neither be settled nor uploaded again. */
  isMissed(sale: Sale): boolean {
    return this.isOver(sale) && this.#means.now() >= uploadUntil(sale);
  }

  /** A batch that is not understood is halved until the cause stands alone. */
  async #judged(batch: readonly Sale[]): Promise<readonly Outcome[]> {
    try {
      const outcomes = await this.#means.api.upload(batch.map(uploadOf));
      if (outcomes.some((one, n) => one.sale_id !== batch[n]?.id) || outcomes.length !== batch.length) {
        throw new SyntaxError("the answer names other sales than were sent");
      }
      return outcomes;
    } catch (failure) {
      if (!(failure instanceof Problem) || !NOT_UNDERSTOOD.includes(failure.status)) throw failure;
      const [one] = batch;
      if (batch.length === 1 && one !== undefined) {
        return [{ sale_id: one.id, verdict: failure.code, detail: failure.detail, action: "CONTACT" }];
      }
      const half = Math.floor(batch.length / 2);
      return [...(await this.#judged(batch.slice(0, half))), ...(await this.#judged(batch.slice(half)))];
    }
  }

  async #set(mode: Mode | null): Promise<void> {
    this.mode = mode;
    await this.#means.store.write("mode", mode);
  }
}
