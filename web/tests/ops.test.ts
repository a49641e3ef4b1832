import { expect, test } from "vitest";
import type { Outcomes } from "@/api/operator";
import { lengthOf, reasonsOf, stepsOf, top } from "@/ops/figures";
import { told } from "@/texts/texts";

const OUTCOMES: Outcomes = {
  each: "hour",
  since: "2026-11-23T00:00:00+08:00",
  until: "2026-11-22T18:30:00Z",
  fewest: 5,
  items: [
    { begin: "2026-11-22T16:00:00Z", status: "FAILED", retry_code: "TOO_DARK", count: 7 },
    { begin: "2026-11-22T16:00:00Z", status: "FAILED", retry_code: "TOO_FAST" },
    { begin: "2026-11-22T18:00:00Z", status: "PASSED", count: 12 },
    { begin: "2026-11-22T18:00:00Z", status: "EXPIRED" },
  ],
};

test("every hour has a place, whatever zone its moment is written in", () => {
  const steps = stepsOf(OUTCOMES);
  expect(steps.map((step) => step.cells.FAILED)).toEqual([7, 0, 0]);
  expect(steps.map((step) => step.cells.PASSED)).toEqual([0, 0, 12]);
});

test("what is hidden is neither nothing nor a number", () => {
  expect(stepsOf(OUTCOMES)[2]?.cells.EXPIRED).toBe("few");
  expect(reasonsOf(OUTCOMES)).toEqual([
    ["TOO_DARK", 7],
    ["TOO_FAST", "few"],
  ]);
});

test("a scale ends at a round number that no bar exceeds", () => {
  expect([0, 5, 6, 7, 20, 21, 99, 1000].map(top)).toEqual([5, 5, 6, 8, 20, 30, 100, 1000]);
});

test("an age is told in its largest whole unit", () => {
  const words = (seconds: number) => {
    const [pair, filling] = lengthOf(seconds);
    return told(pair, "en", filling);
  };
  expect([59, 300, 7200, 172_800].map(words)).toEqual(["59 s", "5 min", "2 h", "2 d"]);
});
