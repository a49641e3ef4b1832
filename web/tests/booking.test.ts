import { describe, expect, it } from "vitest";
import type { Appointment, Draw, Session, Ticket } from "@/api/booking";
import { asClock, hintAt, secondsLeft, ServerClock } from "@/m/booking/countdown";
import { chinaDay, dayAndHour, daysAhead, weekday } from "@/texts/days";
import { clockOf } from "@/texts/moments";
import { recomputed } from "@/m/booking/drawing";
import { hashing } from "@/m/booking/hashing";
import { cancelling, distance, lookAgain, moved, standing } from "@/m/booking/judging";
import { pauseAfter, pauseAfterFailure, Poller, type Looking, type Next } from "@/ui/polling";

const NOON = Date.parse("2026-12-01T12:00:00Z");

describe("a deadline", () => {
  it("is counted by the server's clock, whatever the phone's says", () => {
    let steady = 1_000;
    const clock = new ServerClock(() => steady, () => NOON - 600_000);
    expect(clock.now()).toBe(NOON - 600_000);
    clock.heard("Tue, 01 Dec 2026 12:00:00 GMT");
    steady += 60_000;
    expect(secondsLeft("2026-12-01T12:10:00Z", clock.now())).toBe(539);
  });

  it("keeps the clock it has where an answer names no time", () => {
    const clock = new ServerClock(() => 0, () => NOON);
    clock.heard(null);
    clock.heard("soon");
    expect(clock.now()).toBe(NOON);
  });

  it("never promises a second too much, and stays at nothing", () => {
    expect(secondsLeft("2026-12-01T12:00:01.900Z", NOON)).toBe(1);
    expect(secondsLeft("2026-12-01T11:59:00+00:00", NOON)).toBe(0);
  });

  it("is written as a clock", () => {
    expect([0, 9, 65, 600, 3_661].map(asClock)).toEqual(["0:00", "0:09", "1:05", "10:00", "1:01:01"]);
  });

  it("is said aloud now and then, not each second", () => {
    const said = [301, 300, 299, 121, 120, 60, 31, 30, 10, 1, 0].map(hintAt);
    expect(said).toEqual([null, 300, 300, 300, 120, 60, 60, 30, 10, 10, 0]);
  });
});

describe("days", () => {
  it("are China's, before midnight elsewhere", () => {
    expect(chinaDay(Date.parse("2026-12-31T16:30:00Z"))).toBe("2027-01-01");
    expect(daysAhead(Date.parse("2026-12-30T15:59:00Z"), 3)).toEqual(["2026-12-30", "2026-12-31", "2027-01-01"]);
    expect(weekday("2026-12-01")).toBe(2);
    expect(clockOf("2026-12-01T00:10:00Z")).toBe("08:10");
    expect(dayAndHour("2026-11-30T16:05:00Z")).toBe("12-01 00:05");
  });
});

const SESSION: Session = {
  id: "ses_1",
  status: "PUBLISHED",
  hospital: { id: "hos_1", name: "" },
  campus: { id: "cam_1", name: "", address: "", latitude: 0, longitude: 0 },
  department: { id: "dep_1", name: "" },
  practitioner: { id: "pra_1", name: "", title: "" },
  day: "2026-12-01",
  half_day: "evening",
  starts_at: "2026-12-01T12:00:00Z",
  ends_at: "2026-12-01T14:00:00Z",
  fee_class: "ordinary",
  fee: 1_000,
  opens_at: "2026-11-20T00:00:00Z",
  open: true,
  places: 9,
  free: 1,
};

describe("a session", () => {
  it("says why there is no place", () => {
    const of = (changed: Partial<Session>, now = NOON) => standing({ ...SESSION, ...changed }, now);
    expect(of({})).toBe("free");
    expect(of({ free: 0 })).toBe("full");
    expect(of({ open: false, opens_at: "2026-12-01T12:30:00Z" })).toBe("soon");
    expect(of({ status: "STOPPED", free: 0 })).toBe("stopped");
    expect(of({ status: "CLOSED" })).toBe("over");
    expect(of({}, Date.parse("2026-12-01T14:00:00Z"))).toBe("over");
  });

  it("is told how far it is", () => {
    expect([0, 999, 1_000, 12_345].map(distance)).toEqual(["0 m", "999 m", "1.0 km", "12.3 km"]);
  });
});

describe("giving a place up", () => {
  const one = (status: Appointment["status"], free_until: string) =>
    ({ status, free_until, ends_at: "2026-12-01T14:00:00Z" }) as Appointment;

  it("costs nothing until the deadline, that second included, and counts later", () => {
    expect(cancelling(one("BOOKED", "2026-12-01T12:00:00Z"), NOON)).toBe("free");
    expect(cancelling(one("BOOKED", "2026-12-01T11:59:59Z"), NOON)).toBe("late");
  });

  it("never counts for a hold, and is not possible once somebody has come or it is over", () => {
    expect(cancelling(one("PENDING_PAYMENT", "2026-12-01T11:00:00Z"), NOON)).toBe("hold");
    expect(cancelling(one("ARRIVED", "2026-12-01T12:00:00Z"), NOON)).toBe("no");
    expect(cancelling(one("BOOKED", "2026-12-01T12:00:00Z"), Date.parse("2026-12-01T14:00:00Z"))).toBe("no");
  });
});

describe("a line", () => {
  it("is looked at when the server says, and no more where that changes nothing", () => {
    const ticket = { status: "WAITING", poll_after_seconds: 7 } as Ticket;
    expect(lookAgain(ticket)).toBe(7);
    expect(lookAgain({ ...ticket, poll_after_seconds: null })).toBeNull();
  });

  it("moves from nothing to all, and never back over its ends", () => {
    expect([moved(40, 40), moved(40, 10), moved(40, 0), moved(0, 0), moved(40, 50)]).toEqual([0, 0.75, 1, 1, 0]);
  });
});

class Tick {
  waits: number[] = [];
  #due: (() => void) | null = null;

  readonly timers = {
    later: (work: () => void, ms: number) => {
      this.waits.push(ms);
      this.#due = work;
      return work;
    },
    cancel: (timer: unknown) => {
      if (timer === this.#due) this.#due = null;
    },
  };

  get pending(): boolean {
    return this.#due !== null;
  }

  async ring(): Promise<void> {
    const due = this.#due;
    this.#due = null;
    due?.();
    await settled();
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const PACE = { every: 5_000, most: 60_000 };

function polling(answers: (Next | Error)[]) {
  const tick = new Tick();
  const looking: Looking = {
    look: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    failed: (failure) => ((failure as Error).message === "" ? null : Number((failure as Error).message)),
    pace: PACE,
    timers: tick.timers,
    chance: () => 0,
  };
  return { tick, poller: new Poller(looking), left: answers };
}

describe("looking again", () => {
  it("waits as the server says, at its own pace otherwise, and ends", async () => {
    const { tick, poller } = polling([7, undefined, null]);
    poller.start();
    await settled();
    await tick.ring();
    await tick.ring();
    expect(tick.waits).toEqual([7_000, 5_000]);
    expect(tick.pending).toBe(false);
  });

  it("slows down while there is no answer, and is quick again afterwards", async () => {
    const { tick, poller } = polling([new Error(), new Error(), new Error("90"), undefined]);
    poller.start();
    await settled();
    for (let round = 0; round < 3; round += 1) await tick.ring();
    expect(tick.waits).toEqual([10_000, 20_000, 90_000, 5_000]);
  });

  it("rests while nobody looks, and looks at once when somebody does", async () => {
    const { tick, poller, left } = polling([undefined, undefined]);
    poller.start();
    await settled();
    poller.sleep();
    expect(tick.pending).toBe(false);
    poller.wake();
    await settled();
    expect(left).toEqual([]);
    expect(tick.pending).toBe(true);
  });

  it("does not begin again after it was stopped, whatever answer was on its way", async () => {
    const { tick, poller } = polling([3]);
    poller.start();
    poller.stop();
    await settled();
    poller.wake();
    expect(tick.pending).toBe(false);
    expect(tick.waits).toEqual([]);
  });

  it("never looks twice at a time", async () => {
    const { poller, left } = polling([undefined, undefined, undefined]);
    poller.start();
    poller.start();
    poller.wake();
    await settled();
    expect(left.length).toBe(2);
  });

  it("spreads a crowd, and never comes before its time", () => {
    expect(pauseAfter(20, PACE, 1)).toBe(22_000);
    expect(pauseAfter(0, PACE, 0)).toBe(1_000);
    expect(pauseAfterFailure(99, null, PACE, 0)).toBe(60_000);
    expect(pauseAfterFailure(1, 300, PACE, 0)).toBe(300_000);
  });
});

// By sandbox.lottery's formula: seed 00 01 … 1f, four tickets.
const DRAW: Draw = {
  release_id: "rls_1",
  formula: "",
  public_source: "",
  public_value: "双色球 2026141: 03",
  seed: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  commitment: "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  entries_digest: "87812acdcd0a6cc597bb62507d11530d91f5632a534cb3e1c16d8a3944aa397b",
};
const ENTRIES = [
  { ticket_id: "tkt_c", rank: 1 },
  { ticket_id: "tkt_b", rank: 2 },
  { ticket_id: "tkt_a", rank: 3 },
  { ticket_id: "tkt_d", rank: 4 },
];

describe("a lottery", () => {
  it("is worked out to the ranks that were given", async () => {
    const found = await recomputed(DRAW, ENTRIES, hashing);
    expect(found).toMatchObject({ kind: "right", entries: 4 });
    expect(found.kind === "right" && found.ranks.get(ENTRIES[0]?.ticket_id ?? "")).toBe(ENTRIES[0]?.rank);
  });

  it("says which promise was broken", async () => {
    const kindOf = async (draw: Draw, entries = ENTRIES) => (await recomputed(draw, entries, hashing)).kind;
    expect(await kindOf({ ...DRAW, seed: "00".repeat(32) })).toBe("seed");
    expect(await kindOf(DRAW, ENTRIES.slice(1))).toBe("entries");
    expect(await kindOf({ ...DRAW, public_value: "another" })).toBe("ranks");
    expect(await kindOf({ ...DRAW, seed: null })).toBe("undrawn");
  });
});
