/** The till's books and rules: nothing is done twice, nothing is lost, nobody is served who must not be. */
import { beforeEach, describe, expect, it } from "vitest";
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import type { GivenBack, Item, MessageState, Outcome, Settlement, Split, Upload } from "@/api/till";
import { asked, isPriced, totalOf, withItem, withPrice, withQuantity, type Basket } from "@/terminal/basket";
import { Book, type Write } from "@/terminal/book";
import { NotServed, OfflineDesk, type DeskMeans } from "@/terminal/desk";
import { Once, StillOpen } from "@/terminal/once";
import type { Store } from "@/terminal/store";
import { chinaDay, chinaTime, nameAt } from "@/terminal/times";
import { kindOf } from "@/terminal/reading";
import vectors from "./offline-codes.json";

class Shelf implements Store {
  readonly things = new Map<string, unknown>();
  broken = false;

  read<T>(key: string): Promise<T | null> {
    return Promise.resolve(structuredClone((this.things.get(key) ?? null) as T | null));
  }

  write(key: string, thing: unknown): Promise<void> {
    if (this.broken) return Promise.reject(new Error("the disk is full"));
    this.things.set(key, structuredClone(thing));
    return Promise.resolve();
  }
}

const ITEM: Item = {
  code: "X1",
  barcode: "2600000003117",
  names: { zh: "纱布", en: "Gauze" },
  initials: "SB",
  kind: "device",
  specification: "10",
  unit: "包",
  category: "C",
  prescription: false,
};

describe("a basket", () => {
  const one = withItem([], ITEM, 12_50);

  it("has one line an item, whole numbers and prices in fen", () => {
    const two = withQuantity(withItem(one, ITEM, null), 0, 3);
    expect(totalOf(two)).toBe(37_50);
    expect(asked(two)).toEqual([{ code: "X1", quantity: 3, unit_price_fen: 12_50 }]);
  });

  it("is not to be quoted while a price is missing, and loses a line of none", () => {
    expect(isPriced([])).toBe(false);
    expect(isPriced(withItem(one, { ...ITEM, code: "X2" }, null))).toBe(false);
    expect(isPriced(withPrice(one, 0, 1_000_000_01))).toBe(false);
    expect(withQuantity(one, 0, 0)).toEqual([]);
    expect(withQuantity(one, 0, 1.5)).toBe(one);
    expect(withQuantity(one, 0, 1_000_000)[0]?.quantity).toBe(9_999);
  });

  it("takes no more lines than an upload does", () => {
    let basket: Basket = [];
    for (let n = 0; n < 60; n += 1) basket = withItem(basket, { ...ITEM, code: `X${n}` }, 1);
    expect(basket).toHaveLength(50);
  });
});

describe("what was scanned or typed at a till", () => {
  it.each([
    ["123456789012345678", "card"],
    ["1234 5678 9012 3456 78", "card"],
    ["ZR1:ABC", "card"],
    ["2600000003117", "barcode"],
    ["hello", null],
    ["", null],
    ["1234567", null],
  ])("%s is a %s", (text, kind) => {
    expect(kindOf(text)?.kind ?? null).toBe(kind);
  });
});

describe("days and names", () => {
  it("are of China, whatever the till's zone is", () => {
    const late = Date.parse("2026-11-30T16:30:05Z") / 1000;
    expect(chinaDay(late)).toBe("2026-12-01");
    expect(chinaTime(late)).toBe("2026-12-01T00:30:05+08:00");
    expect(nameAt(late, Uint8Array.of(10, 255))).toBe("2026-12-01.003005-0aff");
    expect(nameAt(late, new Uint8Array(6))).toMatch(/^[A-Za-z0-9._-]{8,64}$/u);
  });
});

const SPLIT: Split = {
  total: 100, own: 0, over: 0, self_first: 0, in_scope: 100, deductible: 0, fund: 60, person: 40, account: 30, mutual: 0, cash: 10,
};
const DONE: Settlement = {
  settlement_id: "stl_1", msgid: "m-1", status: "SETTLED", cash_by: "till", split: SPLIT, lines: [],
  rule: { id: "r", version: "1" }, created_at: "2026-11-30T01:00:00Z", settled_at: "2026-11-30T01:00:00Z", refunds: [],
};
const WRITE: Write = {
  kind: "settle", msgid: "m-1", path: "/v1/terminal/settlements", body: { quote_id: "q", cash: "till", msgid: "m-1" },
  at: "2026-11-30T09:00:00+08:00", sale: "", cashBy: "till",
};
type Answer = Settlement | GivenBack | MessageState | Error;

describe("a write", () => {
  let store: Shelf;
  let book: Book;
  let calls: string[];
  let answers: { send: Answer[]; message: Answer[] };
  let once: Once;

  function next(kind: "send" | "message"): Promise<never> {
    calls.push(kind);
    const answer = answers[kind].shift() ?? new Unreachable();
    return answer instanceof Error ? Promise.reject(answer) : (Promise.resolve(answer) as Promise<never>);
  }

  function state(status: MessageState["status"], more: Partial<MessageState> = {}): MessageState {
    return { msgid: "m-1", status, fenced: false, settlement_id: "stl_1", ...more };
  }

  beforeEach(async () => {
    store = new Shelf();
    book = await Book.opened(store);
    calls = [];
    answers = { send: [], message: [] };
    once = new Once({
      api: { send: () => next("send"), message: () => next("message"), settlement: () => Promise.resolve(DONE) },
      book,
      logInAnew: () => Promise.resolve(void calls.push("login")),
      sleep: () => Promise.resolve(),
    });
  });

  it("is on the disk before it is sent, and nothing is sent where that fails", async () => {
    store.broken = true;
    await expect(once.do(WRITE)).rejects.toThrow("disk");
    expect(calls).toEqual([]);
  });

  it("that is answered is in the book once, with its figures", async () => {
    answers.send = [DONE];
    expect((await once.do(WRITE)).status).toBe("COMMITTED");
    const again = await Book.opened(store);
    expect(again.open).toEqual([]);
    expect(again.day("2026-11-30")).toMatchObject({ settlements: 1, refunds: 0, figures: { total: 100, fund: 60, account: 30, cash: 10 } });
  });

  it("whose answer is lost is asked for by its name before anything else, and not sent again where it was done", async () => {
    answers.send = [new Unreachable()];
    answers.message = [state("COMMITTED")];
    expect((await once.do(WRITE)).reply).toEqual(DONE);
    expect(calls).toEqual(["send", "message"]);
  });

  it("that nobody has seen is sent again under the same name", async () => {
    answers.send = [new Problem(500, { code: "INTERNAL", action: "QUERY" }, null), DONE];
    answers.message = [state("NEVER_SEEN")];
    expect((await once.do(WRITE)).status).toBe("COMMITTED");
    expect(calls).toEqual(["send", "message", "send"]);
  });

  it("stays open while nobody answers, over a new start, and is then asked for first", async () => {
    await expect(once.do(WRITE)).rejects.toThrow(StillOpen);
    expect(calls).toEqual(["send", "message", "message", "message"]);
    const again = await Book.opened(store);
    expect(again.open).toEqual([WRITE]);

    calls.length = 0;
    answers.message = [state("COMMITTED")];
    await once.resume(again.open[0]!);
    expect(calls).toEqual(["message"]);
  });

  it("counts once where the till was stopped between its two notes", async () => {
    answers.send = [DONE];
    await once.do(WRITE);
    await store.write("open", [WRITE]);
    answers.message = [state("COMMITTED")];
    const again = await Book.opened(store);
    await new Once({
      api: { send: () => next("send"), message: () => next("message"), settlement: () => Promise.resolve(DONE) },
      book: again,
      logInAnew: () => Promise.resolve(),
      sleep: () => Promise.resolve(),
    }).resume(WRITE);
    expect(again.day("2026-11-30").settlements).toBe(1);
  });

  it.each([409, 422, 404])("that is refused with %i is over", async (status) => {
    answers.send = [new Problem(status, { code: "QUOTE_EXPIRED", action: "RETRY" }, null)];
    await expect(once.do(WRITE)).rejects.toMatchObject({ code: "QUOTE_EXPIRED" });
    expect(book.open).toEqual([]);
    expect(book.done).toEqual([]);
  });

  it("logs in anew where the token has ended, and waits where a balance moved", async () => {
    answers.send = [new Problem(401, { code: "TOKEN_EXPIRED" }, null), new Problem(409, { code: "BALANCE_MOVED", action: "RETRY" }, 1), DONE];
    expect((await once.do(WRITE)).status).toBe("COMMITTED");
    expect(calls).toEqual(["send", "login", "send", "send"]);
  });

  it("that waits for the customer's payment stays open, and is over where it was not paid", async () => {
    answers.send = [{ ...DONE, status: "CASH_PENDING" }];
    expect((await once.do(WRITE)).status).toBe("HELD");
    expect(book.open).toHaveLength(1);
    answers.message = [state("REJECTED", { code: "CASH_NOT_PAID" })];
    await expect(once.resume(WRITE)).rejects.toMatchObject({ code: "CASH_NOT_PAID" });
    expect(book.open).toEqual([]);
  });

  it("that gives back counts below nought", async () => {
    const back: GivenBack = {
      id: "rfd_1", settlement_id: "stl_1", msgid: "m-2", whole: true, total: 100, fund: 60, account: 30, mutual: 0, cash: 10, at: "2026-11-30T01:00:00Z",
    };
    answers.send = [DONE, back];
    await once.do(WRITE);
    await once.do({ ...WRITE, kind: "reverse", msgid: "m-2" });
    expect(book.day("2026-11-30")).toMatchObject({ settlements: 1, refunds: 1, figures: { total: 0, cash: 0 } });
  });
});

describe("without a network", () => {
  const good = vectors.checks[0]!;
  const BASKET: Basket = [{ item: ITEM, quantity: 2, price: 50_00 }];
  let store: Shelf;
  let at: number;
  let uploaded: Upload[][];
  let judge: (upload: Upload) => Outcome;
  let means: DeskMeans;

  const known = {
    jwks: vectors.jwks,
    revocations: { upto: 9, ...good.list, aliases: [] as string[] },
    fetchedAt: good.now,
    wholeAt: good.now,
  };

  beforeEach(async () => {
    store = new Shelf();
    at = good.now;
    uploaded = [];
    judge = ({ sale }) => ({ sale_id: sale.sale_id, verdict: "ACCEPTED", presence_token: "t", expires_at: new Date((at + 1800) * 1000).toISOString() });
    await store.write("known", known);
    means = {
      store,
      api: {
        cardKeys: () => Promise.reject(new Unreachable()),
        revocations: () => Promise.reject(new Unreachable()),
        upload: (batch) => {
          uploaded.push([...batch]);
          return Promise.resolve(batch.map(judge));
        },
      },
      now: () => at,
      random: (count) => new Uint8Array(count).fill(uploaded.length + store.things.size),
    };
  });

  async function sold(): Promise<OfflineDesk> {
    const desk = await OfflineDesk.opened(means);
    await desk.sell(await desk.admit(good.code, "02121"), BASKET);
    return desk;
  }

  it("a good code is served once, and the sale is there after a new start", async () => {
    await sold();
    const desk = await OfflineDesk.opened(means);
    expect(desk.sales.waiting).toHaveLength(1);
    await expect(desk.admit(good.code, "02121")).rejects.toMatchObject({ reason: "ALREADY_TAKEN" });
  });

  it("an online code, another purpose and an old list are not served", async () => {
    const desk = await OfflineDesk.opened(means);
    await expect(desk.admit("123456789012345678", "02121")).rejects.toMatchObject({ reason: "NEEDS_NETWORK" });
    await expect(desk.admit(good.code, "01301")).rejects.toMatchObject({ reason: "WRONG_PURPOSE" });
    await store.write("known", { ...known, revocations: { ...known.revocations, at: at - 24 * 3600 - 1 } });
    await expect((await OfflineDesk.opened(means)).admit(good.code, "02121")).rejects.toMatchObject({ reason: "DELTA_TOO_OLD" });
  });

  it("where nothing was fetched nobody is believed", async () => {
    store.things.delete("known");
    await expect((await OfflineDesk.opened(means)).admit(good.code, "02121")).rejects.toMatchObject({ reason: "UNKNOWN_ISSUER" });
  });

  it("no sale is above the code's cap or the till's own limit, nor long after the scan", async () => {
    const desk = await OfflineDesk.opened(means);
    const admitted = await desk.admit(good.code, "02121");
    const dear: Basket = [{ item: ITEM, quantity: 1, price: good.cap + 1 }];
    await expect(desk.sell(admitted, dear)).rejects.toMatchObject({ reason: "OVER_CAP" });
    await expect(desk.sell({ ...admitted, cap: 1e9 }, [{ item: ITEM, quantity: 1, price: 500_001 }])).rejects.toMatchObject({ reason: "OVER_TILL_LIMIT" });
    at += 1_801;
    await expect(desk.sell(admitted, BASKET)).rejects.toBeInstanceOf(NotServed);
    expect(desk.sales.all).toEqual([]);
  });

  it("an upload keeps each outcome, and one whose answer was lost is sent again as it was", async () => {
    const desk = await sold();
    const answer = means.api.upload;
    means.api.upload = async (batch) => {
      await answer(batch);
      throw new Unreachable();
    };
    await expect(desk.upload(() => false)).rejects.toThrow(Unreachable);
    means.api.upload = answer;
    await desk.upload(() => false);
    expect(uploaded[0]).toEqual(uploaded[1]);
    expect((await OfflineDesk.opened(means)).sales.all[0]?.outcome?.verdict).toBe("ACCEPTED");
    await desk.upload(() => true);
    expect(uploaded).toHaveLength(2);
  });

  it("what was accepted too long ago to settle is uploaded once more, until nothing helps", async () => {
    const desk = await sold();
    await desk.upload(() => false);
    at += 1_801;
    expect(desk.isOver(desk.sales.all[0]!)).toBe(true);
    await desk.upload(() => false);
    expect(uploaded).toHaveLength(2);
    expect(desk.isOver(desk.sales.all[0]!)).toBe(false);
    at += 72 * 3600;
    expect(desk.isMissed(desk.sales.all[0]!)).toBe(true);
    await desk.upload(() => false);
    expect(uploaded).toHaveLength(2);
  });

  it("one that nobody understands does not keep the others", async () => {
    const desk = await sold();
    means.api.upload = () => Promise.reject(new Problem(422, { code: "INVALID_FIELD", detail: "x" }, null));
    await desk.upload(() => false);
    expect(desk.sales.all[0]?.outcome).toMatchObject({ verdict: "INVALID_FIELD", action: "CONTACT" });
  });

  it("it asks the network again after a minute, unless the cashier said so", async () => {
    const desk = await OfflineDesk.opened(means);
    await desk.goOffline("itself");
    expect(desk.triesNetwork).toBe(false);
    at += 60;
    expect(desk.triesNetwork).toBe(true);
    await desk.goOffline("cashier");
    at += 3_600;
    expect((await OfflineDesk.opened(means)).triesNetwork).toBe(false);
    await desk.answered();
    expect(desk.mode?.by).toBe("cashier");
    await desk.goOnline();
    expect(desk.triesNetwork).toBe(true);
  });
});
