/** Dates and times as people write them, in their language and the device's time zone. */
import { language } from "@/ui/settings";

export function when(time: string | number | Date): string {
  const told = new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" });
  return told.format(new Date(time));
}
