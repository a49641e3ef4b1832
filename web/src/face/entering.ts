/** Where one comes from and goes back to, and what a service asks of the verification. */
import type { Purpose, Variant } from "@/api/verification";

export interface Entry {
  /** A screen of these pages; null: none was named. */
  readonly back: string | null;
  readonly purpose: Purpose;
  /** The level a service wants: L1, L2, L3; null: any. */
  readonly level: string | null;
}

const LEVELS: Readonly<Record<Variant, string>> = { no_motion: "L1", no_light: "L2", full: "L3" };
export const VARIANTS: readonly Variant[] = ["full", "no_light", "no_motion"];

export function entryOf(query: Readonly<Record<string, unknown>>): Entry {
  const level = /L[123]/u.exec(String(query["level"] ?? ""))?.[0] ?? null;
  return { back: inside(query["back"]), purpose: level === null ? "login" : "step_up", level };
}

/** Only a path of these pages: an address from outside must lead nowhere else. */
function inside(told: unknown): string | null {
  if (typeof told !== "string" || !/^\/(?![/\\])/u.test(told)) return null;
  return told.startsWith("/face") ? null : told;
}

export function suffices(variant: Variant, { level, purpose }: Entry): boolean {
  if (purpose === "step_up" && variant === "no_motion") return false;
  return level === null || LEVELS[variant] >= level;
}
