/** Counts put into rows of equal steps, and lengths of time in words. */
import type { Outcome, Outcomes } from "@/api/operator";
import { OPS } from "@/texts/ops";
import type { Filling, Pair } from "@/texts/texts";

export const STATUSES = ["PASSED", "FAILED", "EXPIRED"] as const;
export type Status = (typeof STATUSES)[number];

/** A count, nothing, or so few that they are hidden. */
export type Cell = number | "few";

export interface Step {
  /** Milliseconds since 1970. */
  readonly begin: number;
  readonly cells: Readonly<Record<Status, Cell>>;
}

const STEP_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** Every hour or day of the time, those in which nothing happened too. China has no summer time. */
export function stepsOf(outcomes: Outcomes): Step[] {
  const step = STEP_MS[outcomes.each];
  const steps: Step[] = [];
  for (let at = Date.parse(outcomes.since); at <= Date.parse(outcomes.until); at += step) {
    const here = outcomes.items.filter((one) => Date.parse(one.begin) === at);
    const cell = (status: Status): Cell => sum(here.filter((one) => one.status === status));
    steps.push({
      begin: at,
      cells: { PASSED: cell("PASSED"), FAILED: cell("FAILED"), EXPIRED: cell("EXPIRED") },
    });
  }
  return steps;
}

/** Failures by code, the most frequent first; hidden counts are left out of a sum that has others. */
export function reasonsOf(outcomes: Outcomes): [code: string, count: Cell][] {
  const failed = outcomes.items.filter((one) => one.retry_code !== undefined);
  const codes = [...new Set(failed.map((one) => one.retry_code ?? ""))];
  const counted = codes.map((code): [string, Cell] => [code, sum(failed.filter((one) => one.retry_code === code))]);
  return counted.sort((a, b) => height(b[1]) - height(a[1]) || a[0].localeCompare(b[0]));
}

function sum(cells: readonly Outcome[]): Cell {
  const known = cells.reduce((all, one) => all + (one.count ?? 0), 0);
  return known === 0 && cells.length > 0 ? "few" : known;
}

export function height(cell: Cell): number {
  return cell === "few" ? 0 : cell;
}

/** A round number not below the highest bar. */
export function top(highest: number): number {
  if (highest <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((times) => times * power).find((round) => round >= highest) ?? highest;
}

/** The largest whole unit of a length of time. */
export function lengthOf(seconds: number): [Pair, Filling] {
  if (seconds >= 172_800) return [OPS.days, { n: Math.floor(seconds / 86_400) }];
  if (seconds >= 7_200) return [OPS.hours, { n: Math.floor(seconds / 3_600) }];
  if (seconds >= 120) return [OPS.minutes, { n: Math.floor(seconds / 60) }];
  return [OPS.seconds, { n: Math.floor(seconds) }];
}
