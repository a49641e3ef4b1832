/** What hospitals tell of booking. Amounts are fen, times ISO 8601, days China's; what is left out is null to the server. */
import type { Parts } from "./card";

export type HalfDay = "morning" | "afternoon" | "evening";
export type FeeClass = "ordinary" | "expert" | "special";
export type Consent = "none" | "same_doctor" | "same_department";

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Campus extends Named {
  readonly address: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Metres, where it was asked for. */
  readonly distance?: number | null;
}

export interface Hospital extends Named {
  readonly campuses: readonly Campus[];
}

export interface Department extends Named {
  readonly hospital: Named;
  readonly campus: Campus;
}

export interface Doctor extends Named {
  readonly title: string;
}

export interface Practitioner extends Doctor {
  readonly hospital: Named;
  readonly departments: readonly Named[];
}

export interface Session {
  readonly id: string;
  readonly status: "PUBLISHED" | "STOPPED" | "CLOSED";
  readonly hospital: Named;
  readonly campus: Campus;
  readonly department: Named;
  readonly practitioner: Doctor;
  readonly day: string;
  readonly half_day: HalfDay;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly fee_class: FeeClass;
  readonly fee: number;
  readonly opens_at: string;
  readonly open: boolean;
  readonly places: number;
  readonly free: number;
}

export interface Window {
  readonly starts_at: string;
  readonly ends_at: string;
  readonly free: number;
}

export interface OpenSession extends Session {
  readonly windows: readonly Window[];
}

export interface Wish {
  readonly q?: string | null;
  readonly hospital?: string | null;
  readonly department?: string | null;
  readonly practitioner?: string | null;
  readonly day_from?: string | null;
  readonly day_to?: string | null;
  readonly half_day?: string | null;
  readonly fee_class?: string | null;
  /** `latitude,longitude`. */
  readonly near?: string | null;
  readonly cursor?: string | null;
  readonly limit?: number;
}

export type AppointmentStatus =
  | "OFFERED"
  | "PENDING_PAYMENT"
  | "BOOKED"
  | "ARRIVED"
  | "FULFILLED"
  | "CANCELLED_PATIENT"
  | "CANCELLED_HOSPITAL"
  | "DECLINED"
  | "EXPIRED"
  | "RESCHEDULED"
  | "NOSHOW"
  | "EXCUSED";

export interface Appointment {
  readonly id: string;
  readonly status: AppointmentStatus;
  readonly hospital_id: string;
  readonly hospital: string;
  readonly campus: string;
  readonly address: string;
  readonly department_id: string;
  readonly department: string;
  readonly practitioner_id: string;
  readonly practitioner: string;
  readonly title: string;
  readonly session_id: string;
  readonly day: string;
  readonly half_day: HalfDay;
  readonly number: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly fee_class: FeeClass;
  readonly fee: number;
  readonly deadline?: string | null;
  readonly free_until: string;
  readonly consent: Consent;
  readonly replaces?: string | null;
  readonly mandate_id?: string | null;
  readonly fee_status?: "BEGUN" | "HELD" | "PAID" | "DROPPED" | "RETURNING" | "RETURNED" | null;
  readonly settlement_id?: string | null;
  /** When the hospital called the person in, and into which room; none: not yet, or passed over. */
  readonly called_at?: string | null;
  readonly room?: string | null;
  readonly changed_at: string;
}

export interface AppointmentEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly at: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AppointmentDetail extends Appointment {
  readonly events: readonly AppointmentEvent[];
}

export interface Payment {
  readonly status: "PAID" | "UNDER_WAY";
  readonly settlement_id?: string | null;
  readonly appointment: Appointment;
}

export interface Wanted {
  readonly session_id: string;
  /** Beginning of the time that is wanted; the lowest number unless given. */
  readonly window?: string;
  readonly mandate_id?: string;
  readonly consent?: Consent;
  readonly ticket?: string;
}

export interface Release {
  readonly id: string;
  readonly name: string;
  readonly mode: "FIFO" | "LOTTERY";
  readonly session_ids: readonly string[];
  readonly tickets_from: string;
  readonly tickets_until: string;
  readonly opens_at: string;
  readonly closes_at: string;
  readonly admits_per_minute: number;
  readonly admission_seconds: number;
  readonly commitment?: string | null;
  readonly public_source?: string | null;
  readonly withdrawn_at?: string | null;
}

export interface Ticket {
  readonly id: string;
  readonly release_id: string;
  readonly status: "UNDRAWN" | "WAITING" | "ADMITTED" | "USED" | "LAPSED" | "ENDED";
  readonly rank?: number | null;
  readonly ahead?: number | null;
  readonly admits_at?: string | null;
  readonly admits_until?: string | null;
  readonly wait_seconds?: number | null;
  readonly poll_after_seconds?: number | null;
  /** What a hold is asked for with. */
  readonly ticket: string;
}

export interface Draw {
  readonly release_id: string;
  readonly formula: string;
  readonly commitment: string;
  readonly public_source: string;
  readonly closed_at?: string | null;
  readonly entries?: number | null;
  readonly entries_digest?: string | null;
  readonly public_value?: string | null;
  readonly seed?: string | null;
  readonly drawn_at?: string | null;
}

export interface DrawEntry {
  readonly ticket_id: string;
  readonly rank?: number | null;
}

export type SkipReason = "QUOTA" | "OVERLAP" | "RESTRICTED" | "MANDATE" | "TOO_LATE" | "TOO_FEW_FOR_GROUP";
export type WaitStatus = "WAITING" | "OFFERED" | "BOOKED" | "DECLINED" | "LAPSED" | "WITHDRAWN" | "CLOSED";

export interface WaitPlace {
  readonly appointment_id: string;
  readonly status: AppointmentStatus;
  readonly session_id: string;
  readonly mandate_id?: string | null;
  readonly number: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly fee: number;
  readonly deadline?: string | null;
}

export interface WaitEntry {
  readonly id: string;
  readonly status: WaitStatus;
  /** Entries that come first. */
  readonly before?: number | null;
  readonly hospital_id: string;
  readonly department_id: string;
  readonly practitioner_id?: string | null;
  readonly session_id?: string | null;
  readonly from_day: string;
  readonly to_day: string;
  readonly half_days: readonly HalfDay[];
  readonly most_fee: number;
  readonly mode: "offer" | "automatic";
  readonly people: readonly { readonly mandate_id?: string | null }[];
  readonly places: readonly WaitPlace[];
  readonly skips: readonly {
    readonly session_id: string;
    readonly reason: SkipReason;
    readonly first_at: string;
    readonly last_at: string;
  }[];
  readonly created_at: string;
}

export interface WaitWish {
  readonly hospital_id: string;
  readonly department_id: string;
  readonly practitioner_id?: string;
  readonly session_id?: string;
  readonly from_day: string;
  readonly to_day: string;
  readonly half_days: readonly HalfDay[];
  readonly most_fee: number;
  readonly mode: "offer" | "automatic";
  readonly people?: readonly { readonly mandate_id?: string }[];
}

export type PointKind = "NO_SHOW" | "LATE_CANCEL";

export interface ConductPoint {
  readonly id: string;
  readonly kind: PointKind;
  readonly status: "COUNTS" | "APPEALED" | "UPHELD" | "REVOKED" | "FORGIVEN";
  readonly counts: boolean;
  readonly appointment_id: string;
  readonly at: string;
  readonly expires_at: string;
  readonly forgiven_for?: "REFILLED" | "STOPPED" | "OUTAGE" | null;
  readonly decision?: string | null;
}

export interface Conduct {
  readonly restriction?: { readonly kind: PointKind; readonly since: string; readonly until: string } | null;
  readonly rules?: {
    readonly version: string;
    readonly no_shows: number;
    readonly no_show_within_days: number;
    readonly no_show_restricts_days: number;
    readonly late_cancels: number;
    readonly late_cancel_within_days: number;
    readonly late_cancel_restricts_days: number;
  } | null;
  readonly points: readonly ConductPoint[];
}

export interface Calendar {
  readonly shows: "discreet" | "department";
  readonly created_at: string;
  readonly last_read_at?: string | null;
}

export interface CalendarLink extends Calendar {
  readonly url: string;
}

/** What somebody may do for another; of it only what booking asks for. */
export interface Mandate {
  readonly id: string;
  readonly status: string;
  readonly role: string;
  readonly counterpart: string;
  readonly purposes: readonly string[];
  readonly merchant_kinds: readonly string[];
  readonly expires_at: string;
}

/** How a fee was split; a line each, as every purchase has it. */
export interface PaidLine extends Parts {
  readonly n: number;
  readonly names: { readonly zh: string; readonly en: string };
  readonly quantity: number;
}
