/** Names and moments as the cashier reads them. */
import type { Names } from "@/api/till";
import { language } from "@/ui/settings";

const ZONE = "Asia/Shanghai";

/** Hour and minute; the day besides where it is another. Seconds since 1970. */
export function clock(seconds: number): string {
  const [day, today] = [seconds * 1000, Date.now()].map((at) => new Date(at).toLocaleDateString("sv", { timeZone: ZONE }));
  const date = day === today ? {} : ({ month: "2-digit", day: "2-digit" } as const);
  return new Date(seconds * 1000).toLocaleString(language.value, {
    timeZone: ZONE,
    ...date,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

export function nameOf(names: Names): string {
  return language.value === "en" ? names.en : names.zh;
}
