/**
 * Times as people in the city read them: China Standard Time, UTC+8, without summer time. By
 * arithmetic, since a mini-program has no Intl, and whatever zone the phone is set to.
 */
import type { Language } from "./texts";

const ZONE_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const WEEKDAYS = {
  "zh-CN": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
} as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const NEAR = { "zh-CN": ["今天", "昨天"], en: ["Today", "Yesterday"] } as const;

/** 2026-11-30: the day a moment is on, for grouping. */
export function dayOf(iso: string): string {
  return local(iso).toISOString().slice(0, 10);
}

/** 08:05. */
export function clockOf(iso: string): string {
  return local(iso).toISOString().slice(11, 16);
}

/** 2026年11月30日, 30 Nov 2026. */
export function dateWords(iso: string, language: Language): string {
  const day = local(iso);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  return language === "en" ? `${date} ${MONTHS[month]} ${year}` : `${year}年${month + 1}月${date}日`;
}

/** The same with the time of day. */
export function momentWords(iso: string, language: Language): string {
  return `${dateWords(iso, language)} ${clockOf(iso)}`;
}

/** A group's heading: today and yesterday by name, others with their weekday. `now`: ms since 1970. */
export function dayWords(iso: string, language: Language, now: number): string {
  const ago = Math.floor((now + ZONE_MS) / DAY_MS) - Math.floor(local(iso).getTime() / DAY_MS);
  const near = NEAR[language][ago];
  return `${dateWords(iso, language)} ${near ?? WEEKDAYS[language][local(iso).getUTCDay()] ?? ""}`;
}

export interface Day<T> {
  readonly day: string;
  readonly items: readonly T[];
}

/** Consecutive things of one day together, in their order. */
export function byDay<T extends { readonly at: string }>(things: readonly T[]): Day<T>[] {
  const days: { day: string; items: T[] }[] = [];
  for (const thing of things) {
    const day = dayOf(thing.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(thing);
    else days.push({ day, items: [thing] });
  }
  return days;
}

/** Of seconds since 1970, as tokens have them. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function local(iso: string): Date {
  return new Date(Date.parse(iso) + ZONE_MS);
}
