/** What can be done now, and why not: of sessions, appointments and tickets. */
import type { Appointment, AppointmentStatus, Session, Ticket } from "@/api/booking";

export type Standing = "free" | "full" | "soon" | "stopped" | "over";

/** How a session stands for somebody who wants a place. */
export function standing(session: Session, now: number): Standing {
  if (session.status === "STOPPED") return "stopped";
  if (session.status === "CLOSED" || Date.parse(session.ends_at) <= now) return "over";
  if (!session.open && Date.parse(session.opens_at) > now) return "soon";
  if (!session.open) return "over";
  return session.free > 0 ? "free" : "full";
}

const LIVE: ReadonlySet<AppointmentStatus> = new Set(["OFFERED", "PENDING_PAYMENT", "BOOKED", "ARRIVED"]);

export function isLive(one: Pick<Appointment, "status">): boolean {
  return LIVE.has(one.status);
}

/** Whether what is shown may change by itself soon, so that it is looked at again. */
export function mayChange(one: Appointment): boolean {
  return isLive(one) || one.fee_status === "RETURNING" || one.fee_status === "HELD";
}

export type Cancelling = "hold" | "free" | "late" | "no";

/** What giving it up means now. A hold never counts; in time it costs nothing. */
export function cancelling(one: Appointment, now: number): Cancelling {
  if (Date.parse(one.ends_at) <= now) return "no";
  if (one.status === "PENDING_PAYMENT") return "hold";
  if (one.status !== "BOOKED") return "no";
  return now <= Date.parse(one.free_until) ? "free" : "late";
}

/** Whether it can be moved: booked, not over, and not one that replaced another already. */
export function movable(one: Appointment, now: number): boolean {
  return one.status === "BOOKED" && Date.parse(one.ends_at) > now;
}

export type Step = "drawing" | "waiting" | "turn" | "used" | "lapsed" | "ended";
const STEPS: Readonly<Record<Ticket["status"], Step>> = {
  UNDRAWN: "drawing",
  WAITING: "waiting",
  ADMITTED: "turn",
  USED: "used",
  LAPSED: "lapsed",
  ENDED: "ended",
};

export function stepOf(ticket: Ticket): Step {
  return STEPS[ticket.status];
}

/** When to look again, in seconds; null: looking changes nothing. */
export function lookAgain(ticket: Ticket): number | null {
  return ticket.poll_after_seconds ?? null;
}

/** 0 to 1: how far a line has moved since somebody stands in it. */
export function moved(first: number, ahead: number): number {
  if (first <= 0) return 1;
  return Math.min(1, Math.max(0, (first - ahead) / first));
}

/** Tenths of a kilometre, or metres below one. */
export function distance(metres: number): string {
  return metres < 1000 ? `${metres} m` : `${(metres / 1000).toFixed(1)} km`;
}
