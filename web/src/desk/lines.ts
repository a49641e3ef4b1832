/** A line, divided as a desk looks at it; and whether the counts of its session have moved: no I/O. */
import type { DaySession, InLine } from "@/api/desk";

export interface Groups {
  readonly called: readonly InLine[];
  /** In the order of calling. */
  readonly waiting: readonly InLine[];
  readonly expected: readonly InLine[];
  readonly done: readonly InLine[];
}

export function divided(items: readonly InLine[]): Groups {
  const there = items.filter((one) => one.status === "ARRIVED");
  return {
    called: there.filter((one) => one.called_at !== undefined),
    waiting: there.filter((one) => one.called_at === undefined),
    expected: items.filter((one) => one.status === "BOOKED"),
    done: items.filter((one) => one.status !== "ARRIVED" && one.status !== "BOOKED"),
  };
}

const COUNTS = ["status", "booked", "arrived", "called", "served", "free"] as const;

export function moved(before: DaySession | null, now: DaySession): boolean {
  return before === null || COUNTS.some((name) => before[name] !== now[name]);
}
