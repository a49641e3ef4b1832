/** Days and hours as a hospital in China has them, wherever the phone is. */
const CHINA_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The day in China of a moment (milliseconds since 1970): 2026-12-01. */
export function chinaDay(moment: number): string {
  return new Date(moment + CHINA_MS).toISOString().slice(0, 10);
}

/** So many days from today on. */
export function daysAhead(now: number, count: number): string[] {
  return Array.from({ length: count }, (_, ahead) => chinaDay(now + ahead * DAY_MS));
}

export function dayAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(Date.parse(day)).getUTCDay();
}

/** 12-01 of 2026-12-01. */
export function monthDay(day: string): string {
  return day.slice(5);
}

/** 12-01 08:10. */
export function dayAndHour(moment: string): string {
  return new Date(Date.parse(moment) + CHINA_MS).toISOString().slice(5, 16).replace("T", " ");
}
