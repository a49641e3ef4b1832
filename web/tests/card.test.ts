import { describe, expect, it } from "vitest";
import { grouped, isDue, leftOf, shareOf } from "@/codes/countdown";
import { emptyDraft, endOf, faultsOf, numberOf } from "@/m/family/terms";
import { fenOf, yuan } from "@/ui/money";

describe("the countdown", () => {
  const countdown = { begun: 1_000, life: 60_000 };

  it("runs from all to nothing and never beyond", () => {
    expect([0, 1_000, 31_000, 61_000, 99_000].map((now) => shareOf(countdown, now))).toEqual([1, 1, 0.5, 0, 0]);
    expect(leftOf(countdown, 60_999)).toBe(1);
  });

  it("is due shortly before the end, of a short life too", () => {
    expect(isDue(countdown, 57_999)).toBe(false);
    expect(isDue(countdown, 58_000)).toBe(true);
    expect(isDue({ begun: 0, life: 2_000 }, 1_000)).toBe(false);
    expect(isDue({ begun: 0, life: 0 }, 0)).toBe(true);
  });

  it("writes digits in groups of four", () => {
    expect(grouped("123456789012345678")).toBe("1234 5678 9012 3456 78");
  });
});

describe("money", () => {
  it("writes fen as yuan", () => {
    expect([0, 5, 12_05, -30_00].map(yuan)).toEqual(["¥0.00", "¥0.05", "¥12.05", "−¥30.00"]);
  });

  it("reads what a person types, to the fen", () => {
    expect(["200", "12.5", " 0.29 ", "1.005", "0", "-3", "", "1e3"].map(fenOf)).toEqual([
      200_00, 12_50, 29, null, null, null, null, null,
    ]);
  });
});

describe("an agreement's terms", () => {
  const good = { ...emptyDraft(), name: "李建国", number: "99010119581102103x" };

  it("are right as they are offered", () => {
    expect(faultsOf(good, false)).toEqual({});
    expect(numberOf(good)).toBe("99010119581102103X");
  });

  it("are told apart by what is wrong", () => {
    expect(Object.keys(faultsOf({ ...good, name: " ", number: "1" }, true))).toEqual(["name", "number"]);
    expect(Object.keys(faultsOf({ ...good, each: "3000", purposes: [], kinds: [] }, false))).toEqual(["each", "purposes", "kinds"]);
  });

  it("end within a year, at the end of short months too", () => {
    expect(endOf(12, new Date("2026-11-30T08:00:00Z"))).toBe("2027-11-29T08:00:00.000Z");
    expect(endOf(1, new Date("2027-01-31T08:00:00Z"))).toBe("2027-02-27T08:00:00.000Z");
    expect(endOf(12, new Date("2028-02-29T08:00:00Z"))).toBe("2029-02-27T08:00:00.000Z");
  });
});
