/** Where the cashier works: who stands here, the basket, the quote; kept over a reload. */
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import type { Item, TillPurpose } from "@/api/till";
import { TILL } from "@/texts/till";
import { admitted } from "./admission";
import { asked, isPriced, withItem, withPrice, withQuantity, type Basket } from "./basket";
import { Book, type CashBy } from "./book";
import { Cashier, type Units } from "./cashier";
import { OfflineDesk } from "./desk";
import { StillOpen, type Done } from "./once";
import { kindOf } from "./reading";
import { own, refusalOf } from "./refusals";
import { ACCEPTED, type Sale } from "./sales";
import { now, type Session } from "./session";
import { Shelf } from "./shelf";
import { keep, stateOf, type Kept, type State } from "./state";

export class Counter {
  readonly state: State;
  readonly session: Session;
  readonly book: Book;
  readonly cashier: Cashier;
  readonly desk: OfflineDesk;
  readonly #shelf: Shelf;
  #scans: Promise<boolean> = Promise.resolve(true);

  private constructor(session: Session, book: Book, desk: OfflineDesk, shelf: Shelf, state: State) {
    this.session = session;
    this.book = book;
    this.desk = desk;
    this.#shelf = shelf;
    this.state = state;
    this.cashier = new Cashier({
      api: session.api,
      book,
      logInAnew: () => session.vault.write("token", null),
      sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      now,
      random: (count) => session.client.line.signer.random(count),
    });
  }

  static async opened(session: Session): Promise<Counter> {
    const { vault, api, client } = session;
    const random = (count: number): Uint8Array => client.line.signer.random(count);
    const [book, desk, shelf] = await Promise.all([
      Book.opened(vault),
      OfflineDesk.opened({ store: vault, api, now, random }),
      Shelf.opened(vault),
    ]);
    return new Counter(session, book, desk, shelf, await stateOf(vault, desk.mode));
  }

  /** Runs one step; a refusal becomes words. Whether it was done: not while another one runs. */
  async run(step: () => Promise<void>): Promise<boolean> {
    if (this.state.busy) return false;
    this.state.busy = true;
    this.state.refusal = null;
    try {
      await step();
      return true;
    } catch (failure) {
      if (failure instanceof Unreachable) await this.desk.goOffline("itself");
      this.state.refusal = refusalOf(failure);
      return false;
    } finally {
      this.state.busy = false;
      this.#turn();
    }
  }

  /** Whatever was scanned or typed: a card's code or a barcode. A quick hand's scans wait for each other. */
  scan(text: string): Promise<boolean> {
    this.#scans = this.#scans.then(() => this.#scan(text));
    return this.#scans;
  }

  #scan(text: string): Promise<boolean> {
    return this.run(async () => {
      const scanned = kindOf(text);
      if (scanned?.kind === "card") await this.#decode(scanned.text);
      else if (scanned?.kind === "barcode") await this.#barcode(scanned.text);
      else this.state.refusal = own("NO_CODE", "RESCAN", TILL.noCode);
    });
  }

  async find(text: string): Promise<readonly Item[]> {
    if (!this.#asksNetwork) return this.#shelf.find(text);
    const found = await this.cashier.signedIn(() => this.session.api.find(text));
    await this.#shelf.remember(found);
    return found;
  }

  add(item: Item): Promise<void> {
    return this.#fill(withItem(this.state.basket, item, this.#shelf.priceOf(item.code)));
  }

  count(at: number, quantity: number): Promise<void> {
    return this.#fill(withQuantity(this.state.basket, at, quantity));
  }

  async price(at: number, price: number | null): Promise<void> {
    await this.#fill(withPrice(this.state.basket, at, price));
    const line = this.state.basket[at];
    if (line !== undefined && line.price !== null) await this.#shelf.priced(line.item, line.price);
  }

  async choose(purpose: TillPurpose): Promise<void> {
    await this.keep({ purpose, presence: null, quote: null });
  }

  /** Ask who pays what. */
  quote(): Promise<boolean> {
    return this.run(async () => {
      const { presence, basket } = this.state;
      if (presence?.kind !== "online" || !isPriced(basket)) return;
      const quote = await this.cashier.signedIn(() => this.session.api.quote(presence.token, asked(basket)));
      await this.keep({ quote });
    });
  }

  settle(cash: CashBy): Promise<boolean> {
    return this.run(async () => {
      const { quote } = this.state;
      if (quote === null) return;
      try {
        await this.#settled(await this.cashier.settle(quote, cash));
      } catch (failure) {
        if (failure instanceof Problem) await this.#follow(failure);
        throw failure;
      }
    });
  }

  /** Keep the sale to whoever was checked without a network. */
  sell(): Promise<boolean> {
    return this.run(async () => {
      const { presence, basket } = this.state;
      if (presence?.kind !== "offline" || !isPriced(basket)) return;
      const kept = await this.desk.sell(presence, basket);
      await this.keep({ presence: null, quote: null, basket: [] });
      this.state.kept = kept;
    });
  }

  /** Ask what became of writes without an answer. */
  resolve(): Promise<boolean> {
    return this.run(async () => {
      const { done, refused } = await this.cashier.resolve();
      const mine = done.find((one) => one.write.body["quote_id"] === this.state.quote?.quote_id);
      if (mine !== undefined && this.state.quote !== null) await this.#settled(mine);
      else if (done[0] !== undefined) this.state.done = done[0];
      if (refused[0] === undefined) return;
      this.state.done = mine ?? null; // one that waited for its payment waits no more
      throw refused[0];
    });
  }

  /** Give up what nobody has seen, so that it never takes effect; what was done is the answer. */
  giveUp(): Promise<boolean> {
    return this.run(async () => {
      const left = [];
      for (const write of this.book.open) if (!(await this.cashier.fence(write))) left.push(write);
      const { done } = left.length > 0 ? await this.cashier.resolve() : { done: [] };
      if (done[0] !== undefined) await this.#settled(done[0]);
    });
  }

  refund(id: string, units: readonly Units[], cashBy: CashBy): Promise<boolean> {
    return this.run(async () => {
      this.state.done = await this.cashier.refund(id, units, cashBy);
    });
  }

  /** Bring in what was sold without a network, and settle what counts. */
  upload(): Promise<boolean> {
    return this.run(async () => {
      await this.cashier.resolve();
      await this.cashier.signedIn(() => this.desk.upload((sale) => this.cashier.isSettled(sale)));
      await this.desk.answered();
      for (const sale of this.unsettled) await this.#settleSale(sale);
    });
  }

  /** Accepted, not settled yet, and still in time. */
  get unsettled(): readonly Sale[] {
    const accepted = this.desk.sales.all.filter((one) => one.outcome?.verdict === ACCEPTED && !this.cashier.isSettled(one));
    return accepted.filter((one) => !this.desk.isMissed(one));
  }

  refresh(): Promise<boolean> {
    return this.run(async () => {
      await this.desk.refresh();
      await this.desk.answered();
    });
  }

  /** Notices, now and then, that the network is gone or back; `force`: it was said to be back. */
  async look(force = false): Promise<void> {
    const asks = this.desk.triesNetwork || (force && this.desk.mode?.by === "itself");
    try {
      if (!navigator.onLine) throw new Unreachable();
      if (!asks || (this.desk.isFresh && this.desk.mode === null)) return;
      await this.desk.refresh();
      await this.desk.answered();
    } catch (failure) {
      if (failure instanceof Unreachable) await this.desk.goOffline("itself"); // else what was known stays
    } finally {
      this.#turn();
    }
  }

  goOffline(): Promise<boolean> {
    return this.run(() => this.desk.goOffline("cashier"));
  }

  goOnline(): Promise<boolean> {
    return this.run(async () => {
      await this.desk.refresh();
      await this.desk.goOnline();
    });
  }

  /** The next customer. */
  async next(): Promise<void> {
    await this.keep({ presence: null, quote: null, basket: [] });
    Object.assign(this.state, { refusal: null, done: null, kept: null });
  }

  keep(things: Partial<Kept>): Promise<void> {
    return keep(this.state, this.session.vault, things);
  }

  get #asksNetwork(): boolean {
    return navigator.onLine && this.desk.triesNetwork;
  }

  async #decode(code: string): Promise<void> {
    await this.keep({ presence: null, quote: null });
    await this.keep({ presence: await admitted(code, this.state.purpose, this) });
  }

  async #barcode(barcode: string): Promise<void> {
    const asksNetwork = this.#asksNetwork;
    const known = this.#shelf.ofBarcode(barcode);
    const item = known ?? (asksNetwork ? await this.cashier.signedIn(() => this.session.api.ofBarcode(barcode)) : null);
    if (item === null) {
      this.state.refusal = own("ITEM_UNKNOWN", "CANCEL", TILL.notOnShelf);
      return;
    }
    if (known === null) await this.#shelf.remember([item]);
    await this.add(item);
  }

  async #fill(basket: Basket): Promise<void> {
    await this.keep({ basket, quote: null });
  }

  async #settled(done: Done): Promise<void> {
    this.state.done = done;
    if (done.status === "COMMITTED") await this.keep({ presence: null, quote: null, basket: [] });
  }

  /** A stale quote is replaced by the fresh one; what is used up or over is forgotten. */
  async #follow(problem: Problem): Promise<void> {
    const fresh = problem.told["quote_id"];
    const { action } = refusalOf(problem);
    if (problem.code === "QUOTE_STALE" && typeof fresh === "string") {
      await this.keep({ quote: await this.cashier.signedIn(() => this.session.api.readQuote(fresh)) });
    } else if (problem.code === "QUOTE_EXPIRED") {
      await this.keep({ quote: null });
    } else if (action === "RESCAN" || action === "CANCEL" || action === "QUERY") {
      await this.keep({ quote: null, presence: null });
    }
  }

  /** One that is refused does not keep the next from it: its words stand, and it stays unsettled. */
  async #settleSale(sale: Sale): Promise<void> {
    const token = sale.outcome?.presence_token;
    if (typeof token !== "string" || this.desk.isOver(sale)) return;
    try {
      const lines = sale.lines.map(({ code, quantity, unit_price_fen }) => ({ code, quantity, unit_price_fen }));
      const quote = await this.cashier.signedIn(() => this.session.api.quote(token, lines));
      await this.cashier.settle(quote, "till", sale.id);
    } catch (failure) {
      if (failure instanceof Unreachable || failure instanceof StillOpen) throw failure;
      this.state.refusal = refusalOf(failure);
    }
  }

  #turn(): void {
    this.state.mode = this.desk.mode;
    this.state.turn += 1;
  }
}
