/** How it stands with an appointment, in one line; who is called in reads where to go. */
import type { Appointment } from "@/api/booking";
import { STATE_WORDS } from "@/texts/appointments";
import { BOOKING } from "@/texts/booking";
import { COMMON } from "@/texts/common";
import { t } from "@/ui/settings";

export function standing(one: Appointment): string {
  if (one.status === "ARRIVED" && one.room) return t(BOOKING.called, { room: one.room });
  return t(STATE_WORDS[one.status] ?? COMMON.failed);
}
