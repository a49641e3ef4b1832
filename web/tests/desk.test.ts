import { describe, expect, it } from "vitest";
import { bookingOf, plain, type DaySession, type InLine, type SessionRecord } from "@/api/desk";
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import { divided, moved } from "@/desk/lines";
import { another, extended, halfDayOf, idFor, lasts } from "@/desk/planning";
import { scanned } from "@/desk/reading";
import { Writes, type OpenWrite, type WriteStore } from "@/desk/writes";

const CODE = "281234567890123457";

describe("what was scanned", () => {
  it("is a card's code with or without spaces, a slip, or nothing of ours", () => {
    expect(scanned("2812 3456 7890 1234 57")).toEqual({ kind: "card", code: CODE });
    const slip = "ZRA1.apt_06h0eqq401oe18cqln9clmorkc.1.AAAAAAAAAAAAAAAAAAAAAA";
    expect(scanned(` ${slip}\n`)).toEqual({ kind: "slip", code: slip });
    expect(scanned("ZR1:ABC")).toEqual({ kind: "card", code: "ZR1:ABC" });
    for (const text of ["", "12", "https://example.cn/", `${CODE}1`, "ZRA1.apt_x.1.y"]) {
      expect(scanned(text)).toEqual({ kind: "nothing" });
    }
  });
});

function kept(): { store: WriteStore; all: () => readonly OpenWrite[] } {
  let list: readonly OpenWrite[] = [];
  const change: WriteStore["change"] = async (next) => (list = next(list));
  return { store: { change }, all: () => list };
}

describe("a write that takes effect once", () => {
  const call = { path: "/v1/hospital/sessions/s/calls", body: { room: "3" }, kind: "call", about: "内科" } as const;

  function writes(answers: (unknown | Error)[], at = { now: 0 }) {
    const { store, all } = kept();
    const sent: string[] = [];
    let made = 0;
    const send = async <T>(_path: string, _body: unknown, key: string): Promise<T> => {
      sent.push(key);
      expect(all().map((one) => one.key)).toContain(key); // written down before it is sent
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer as T;
    };
    const told: number[] = [];
    const newKey = (): string => `key-${(made += 1)}`;
    const tell = (open: readonly OpenWrite[]): void => void told.push(open.length);
    const fresh = (): Writes => new Writes({ store, send, newKey, now: () => at.now, tell });
    return { fresh, sent, all, at, told };
  }

  it("goes out again under its key after a lost answer and a reload", async () => {
    const { fresh, sent, all } = writes([new Unreachable(), { number: 7 }, { number: 8 }]);
    await expect(fresh().attempt(call)).rejects.toThrow(Unreachable);
    expect((await fresh().open()).length).toBe(1);
    expect(await fresh().attempt(call)).toEqual({ number: 7 });
    expect(all()).toEqual([]);
    await fresh().attempt(call); // pressed anew: another one
    expect(sent).toEqual(["key-1", "key-1", "key-3"]);
  });

  it("is told as open only once its answer is lost", async () => {
    const { fresh, told } = writes([{}, new Unreachable(), {}]);
    await fresh().attempt(call);
    expect(told).toEqual([0]);
    await expect(fresh().attempt(call)).rejects.toThrow();
    await fresh().attempt(call);
    expect(told).toEqual([0, 1, 0]);
  });

  it("is not told as open while it is on its way", async () => {
    const { store } = kept();
    const told: number[] = [];
    const parts = { store, newKey: () => "key", now: () => 0, tell: (open: readonly OpenWrite[]) => void told.push(open.length) };
    const send = async <T>(): Promise<T> => (await writing.open()) as T;
    const writing: Writes = new Writes({ ...parts, send });
    expect(await writing.attempt(call)).toEqual([]);
    expect(told).toEqual([0, 0]);
  });

  it("is not mistaken for another room's", async () => {
    const { fresh, sent } = writes([new Unreachable(), {}]);
    await expect(fresh().attempt(call)).rejects.toThrow();
    await fresh().attempt({ ...call, body: { room: "4" } });
    expect(sent).toEqual(["key-1", "key-2"]);
  });

  it.each([
    [409, "CALL_NOBODY_WAITS", 0],
    [409, "IDEMPOTENCY_IN_PROGRESS", 1],
    [401, "TOKEN_EXPIRED", 1],
    [429, "RATE_LIMITED", 1],
    [503, "UNAVAILABLE", 1],
  ])("after %i %s stays open: %i", async (status, code, open) => {
    const { fresh, all } = writes([new Problem(status, { code }, null)]);
    await expect(fresh().attempt(call)).rejects.toThrow(code);
    expect(all().length).toBe(open);
  });

  it("is let be when asked, and says nothing any more after a quarter of an hour", async () => {
    const { fresh, sent, all, at } = writes([new Unreachable(), new Unreachable(), {}]);
    await expect(fresh().attempt(call)).rejects.toThrow();
    await fresh().drop("key-1");
    expect(all()).toEqual([]);
    await expect(fresh().attempt(call)).rejects.toThrow();
    at.now = 15 * 60_000;
    expect(await fresh().open()).toEqual([]);
    await fresh().attempt(call);
    expect(sent).toEqual(["key-1", "key-2", "key-3"]);
  });
});

const RECORD: SessionRecord = {
  kind: "session", id: "S1", department: "D1", practitioner: "P1", day: "2026-12-01", half_day: "morning",
  starts: "08:00:00", ends: "12:00:00", fee_class: "expert", fee: 3000, item_code: "YL0002",
  opens_at: "2026-11-17T07:00:00+08:00", published: true,
  pools: [{ channel: "app", size: 2 }, { channel: "window", size: 1, gives_back_at: "2026-11-30T19:00:00+08:00" }],
};

describe("sessions to be", () => {
  it("another one takes what is of the day from the form alone", () => {
    const windows = [{ starts: "08:00:00", ends: "08:10:00", channel: "app" }];
    const wish = { id: "N1", practitioner: "P2", day: "2026-12-03", starts: "18:30", ends: "20:00", pools: [{ channel: "app", size: 5 }] };
    const { opens_at: _opens, ...rest } = RECORD;
    expect(another({ ...RECORD, windows, published: false }, wish)).toEqual({ ...rest, ...wish, half_day: "evening", published: true });
  });

  it("more places keep everything else as it was", () => {
    expect(extended(RECORD, "window", 2)).toEqual({ ...RECORD, pools: [RECORD.pools[0], { ...RECORD.pools[1], size: 3 }] });
    expect(extended(RECORD, "elder", 1).pools).toEqual([...RECORD.pools, { channel: "elder", size: 1 }]);
  });

  it("more places get the last window where numbers have their own", () => {
    const windows = [{ starts: "08:00:00", ends: "08:10:00", channel: "app" }, { starts: "11:50:00", ends: "12:00:00", channel: "app" }];
    const told = extended({ ...RECORD, windows }, "window", 2);
    expect(told.windows?.slice(0, 2)).toEqual(windows);
    expect(told.windows?.slice(2)).toEqual(Array(2).fill({ ...windows[1], channel: "window" }));
  });

  it("half-days, times and ids are the hospital's kind", () => {
    expect(["08:00:00", "11:59", "12:00", "17:59", "18:00"].map(halfDayOf)).toEqual(["morning", "morning", "afternoon", "afternoon", "evening"]);
    expect([lasts("08:00", "09:00"), lasts("09:00", "09:00"), lasts("", "09:00")]).toEqual([true, false, false]);
    expect(idFor("P0001", "2026-12-03", "A1B2")).toBe("P0001-20261203-A1B2");
    expect(idFor("医生", "2026-12-03", "A1B2")).toBe("S-20261203-A1B2");
    expect(idFor("P".repeat(64), "2026-12-03", "A1B2")).toHaveLength(64);
  });
});

describe("a line", () => {
  const one = (number: number, status: InLine["status"], more: Partial<InLine> = {}): InLine => ({
    id: `apt_${number}`, name: "李*", status, number, starts_at: "", ends_at: "", calls: 0, ...more,
  });

  it("is called, waiting in the order of calling, expected, done", () => {
    const items = [one(4, "ARRIVED", { called_at: "x" }), one(3, "ARRIVED"), one(1, "ARRIVED"), one(2, "BOOKED"), one(5, "FULFILLED"), one(6, "NOSHOW")];
    const { called, waiting, expected, done } = divided(items);
    expect([called, waiting, expected, done].map((all) => all.map((each) => each.number))).toEqual([[4], [3, 1], [2], [5, 6]]);
  });

  it("is read again when a count has moved, and only then", () => {
    const before = { status: "PUBLISHED", booked: 1, arrived: 2, called: 1, served: 0, free: 3 } as DaySession;
    expect(moved(null, before)).toBe(true);
    expect(moved(before, { ...before })).toBe(false);
    for (const name of ["booked", "arrived", "called", "served", "free"] as const) expect(moved(before, { ...before, [name]: 9 })).toBe(true);
    expect(moved(before, { ...before, status: "STOPPED" })).toBe(true);
  });
});

describe("the window", () => {
  it("reads an appointment of FHIR", () => {
    const told = {
      id: "apt-1", status: "arrived", start: "2026-12-01T00:00:00.000Z", identifier: [{ value: "apt_1" }],
      extension: [{ url: "urn:zero-run:fhir:queue-number", valuePositiveInt: 7 }],
    };
    expect(bookingOf(told)).toEqual({ id: "apt_1", number: 7, starts_at: told.start, arrived: true });
  });

  it("reads a refusal of FHIR as every other", () => {
    const issue = [{ details: { text: "号已约满。", coding: [{ code: "SESSION_FULL" }] } }];
    const told = plain(new Problem(409, { resourceType: "OperationOutcome", issue }, 5));
    expect([told.status, told.code, told.detail, told.retryAfter]).toEqual([409, "SESSION_FULL", "号已约满。", 5]);
    const other = new Problem(409, { code: "X" }, null);
    expect(plain(other)).toBe(other);
  });
});
