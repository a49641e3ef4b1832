/** Moments as people in the city read them. */
import { language } from "@/ui/settings";

const ZONE = "Asia/Shanghai";

export function moment(iso: string | number): string {
  return new Date(iso).toLocaleString(language.value, {
    timeZone: ZONE,
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

export function day(at: number): string {
  return new Date(at).toLocaleDateString(language.value, { timeZone: ZONE, month: "2-digit", day: "2-digit" });
}
