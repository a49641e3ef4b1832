import { describe, expect, it } from "vitest";
import { Wedge } from "@/device/wedge";

const CODE = "281234567890123457";

/** What is found while a text and its Enter are typed, a key each so many milliseconds. */
function typed(wedge: Wedge, text: string, apart: number, from = 1_000): string[] {
  const found = [...text, "Enter"].map((key, n) => wedge.take({ key, at: from + n * apart }));
  return found.filter((one) => one !== null);
}

describe("a scanner that types", () => {
  it("is told from a person by its speed", () => {
    expect(typed(new Wedge(), CODE, 8)).toEqual([CODE]);
    expect(typed(new Wedge(), CODE, 120)).toEqual([]);
  });

  it("begins anew after a pause, and takes nothing short", () => {
    const wedge = new Wedge();
    wedge.take({ key: "9", at: 0 });
    expect(wedge.held).toBe(1);
    expect(typed(wedge, CODE, 8, 500)).toEqual([CODE]);
    expect(typed(wedge, "1234567", 8, 5_000)).toEqual([]);
    expect(typed(wedge, CODE, 8, 9_000)).toEqual([CODE]);
  });

  it("is no scanner where another key came between", () => {
    const wedge = new Wedge();
    [..."12345678", "ArrowLeft", "9"].forEach((key, n) => wedge.take({ key, at: n }));
    expect(wedge.take({ key: "Enter", at: 12 })).toBeNull();
  });

  it("does not end a code by an Enter that a finger pressed later", () => {
    const wedge = new Wedge();
    [...CODE].forEach((key, n) => wedge.take({ key, at: n * 8 }));
    expect(wedge.take({ key: "Enter", at: 2_000 })).toBeNull();
  });

  it("types capitals with Shift, and what a person typed before is not part of it", () => {
    const wedge = new Wedge();
    wedge.take({ key: "a", at: 0 });
    const keys = [..."ZR1:AB$%"].flatMap((key) => ["Shift", key]);
    keys.forEach((key, n) => wedge.take({ key, at: 1_000 + n }));
    expect(wedge.take({ key: "Enter", at: 1_030 })).toBe("ZR1:AB$%");
  });
});
