/** What the system tells a hospital's desk. */

export type HalfDay = "morning" | "afternoon" | "evening";

export interface DaySession {
  readonly id: string;
  /** The hospital's own. */
  readonly external_id: string;
  readonly department: string;
  readonly practitioner: string;
  readonly half_day: HalfDay;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly status: "PUBLISHED" | "STOPPED" | "CLOSED";
  readonly booked: number;
  readonly arrived: number;
  /** Of those who arrived. */
  readonly called: number;
  readonly served: number;
  readonly free: number;
}

export interface InLine {
  readonly id: string;
  /** Masked. */
  readonly name: string;
  readonly status: "BOOKED" | "ARRIVED" | "FULFILLED" | "NOSHOW" | "EXCUSED";
  readonly number: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly called_at?: string;
  readonly calls: number;
  readonly room?: string;
}

export interface Line {
  readonly items: readonly InLine[];
  readonly more: boolean;
}

export interface Attended {
  readonly id: string;
  readonly status: string;
  readonly session_id: string;
  readonly department: string;
  readonly practitioner: string;
  readonly number: number;
  readonly starts_at: string;
  readonly ends_at: string;
}

export interface Slip {
  readonly appointment_id: string;
  readonly status: string;
  /** Nothing happened since it was printed. */
  readonly current: boolean;
  readonly number: number;
  readonly department: string;
  readonly practitioner: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

export interface Pool {
  readonly channel: string;
  readonly size: number;
  readonly free: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
}

export interface PlannedSession {
  readonly id: string;
  readonly external_id: string;
  readonly department: string;
  readonly department_name: string;
  readonly practitioner: string;
  readonly practitioner_name: string;
  readonly day: string;
  readonly half_day: HalfDay;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly fee_class: string;
  readonly fee: number;
  readonly opens_at: string;
  readonly status: "DRAFT" | "PUBLISHED" | "STOPPED" | "CLOSED";
  readonly pools: readonly Pool[];
}

export interface PoolRecord {
  readonly channel: string;
  readonly size: number;
  readonly gives_back_at?: string;
}

export interface WindowRecord {
  readonly starts: string;
  readonly ends: string;
  readonly channel: string;
}

/** A session as a line of a hospital's file. */
export interface SessionRecord {
  readonly kind: "session";
  readonly id: string;
  readonly department: string;
  readonly practitioner: string;
  readonly day: string;
  readonly half_day: HalfDay;
  readonly starts: string;
  readonly ends: string;
  readonly fee_class: string;
  readonly fee: number;
  readonly item_code: string;
  readonly opens_at?: string;
  readonly published: boolean;
  readonly pools: readonly PoolRecord[];
  readonly windows?: readonly WindowRecord[];
}

export interface Imported {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly lines: readonly { readonly code: string; readonly pointer?: string; readonly detail: string }[];
}

export interface Stopped {
  readonly session_id: string;
  readonly external_id: string;
  readonly status: "DRAFT" | "PUBLISHED" | "STOPPED" | "CLOSED";
  readonly stop_id?: string;
  readonly replanned: number;
  readonly cancelled: number;
  readonly released: number;
  /** Fen. */
  readonly refund: number;
}

export interface StopOutcome {
  readonly appointment_id: string;
  readonly number: number;
  readonly outcome: "replanned" | "cancelled" | "released";
  readonly replaced_at?: string;
  readonly refund: number;
}

/** A stop, and what became of everybody. */
export interface StopTold extends Stopped {
  readonly outcomes: readonly StopOutcome[];
}

export const STOP_REASONS = ["doctor_away", "emergency", "equipment", "premises", "holiday", "other"] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Whoever showed a code at the window; the token is this terminal's for half an hour. */
export interface Shown {
  readonly holder: { readonly name: string };
  readonly presence_token: string;
  readonly shown_by: string;
}

export interface WindowBooking {
  /** Ours: apt_… */
  readonly id: string;
  readonly number: number;
  readonly starts_at: string;
  readonly arrived: boolean;
}
