/**
 * Hospitals: finding, holding, paying, waiting, a rush, conduct. Amounts are fen, times ISO 8601,
 * days China's. What the server leaves out is null to it.
 */
import type { Page, Parts } from "./card";
import type { Call, Client } from "./client";

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

const REGISTRATION = "01101";
const MOST_ENTRIES = 5_000;

export class BookingApi {
  readonly #client: Client;
  readonly #heard: (date: string | null) => void;

  /** `heard` is told the server's own time with each answer (the `Date` header). */
  constructor(client: Client, heard: (date: string | null) => void = () => undefined) {
    this.#client = client;
    this.#heard = heard;
  }

  hospitals(query: Pick<Wish, "q" | "near" | "cursor">): Promise<Page<Hospital>> {
    return this.#get("/v1/hospitals", query);
  }

  departments(query: Pick<Wish, "q" | "hospital" | "cursor">): Promise<Page<Department>> {
    return this.#get("/v1/departments", query);
  }

  practitioners(query: Pick<Wish, "q" | "hospital" | "department" | "cursor">): Promise<Page<Practitioner>> {
    return this.#get("/v1/practitioners", query);
  }

  sessions(wish: Wish): Promise<Page<Session>> {
    return this.#get("/v1/clinic-sessions", { ...wish });
  }

  session(id: string): Promise<OpenSession> {
    return this.#get(`/v1/clinic-sessions/${path(id)}`);
  }

  /** 404 where the session is booked without a ticket. */
  releaseOf(session: string): Promise<Release> {
    return this.#get(`/v1/clinic-sessions/${path(session)}/release`);
  }

  release(id: string): Promise<Release> {
    return this.#get(`/v1/releases/${path(id)}`);
  }

  /** Takes a ticket, or tells the one this person has. */
  ticket(release: string): Promise<Ticket> {
    return this.#post("/v1/queue-tickets", { release_id: release }, false);
  }

  ticketNow(id: string): Promise<Ticket> {
    return this.#get(`/v1/queue-tickets/${path(id)}`);
  }

  draw(release: string): Promise<Draw> {
    return this.#get(`/v1/releases/${path(release)}/draw`);
  }

  /** All tickets of a lottery, in the order of their ids. */
  async drawEntries(release: string): Promise<readonly DrawEntry[]> {
    const all: DrawEntry[] = [];
    let cursor: string | null = null;
    do {
      const found: Page<DrawEntry> = await this.#get(`/v1/releases/${path(release)}/draw/tickets`, {
        cursor,
        limit: MOST_ENTRIES,
      });
      all.push(...found.items);
      cursor = found.next ?? null;
    } while (cursor !== null);
    return all;
  }

  hold(wanted: Wanted, once: string): Promise<Appointment> {
    return this.#post("/v1/appointments", wanted, once);
  }

  /** However often it is asked for, it is paid once. */
  pay(id: string): Promise<Payment> {
    return this.#post(`/v1/appointments/${path(id)}/payment`, null, false);
  }

  appointments(cursor: string | null = null): Promise<Page<Appointment>> {
    return this.#get("/v1/appointments", { cursor });
  }

  appointment(id: string): Promise<AppointmentDetail> {
    return this.#get(`/v1/appointments/${path(id)}`);
  }

  cancel(id: string, once: string): Promise<Appointment> {
    return this.#post(`/v1/appointments/${path(id)}/cancellation`, null, once);
  }

  reschedule(id: string, wanted: Pick<Wanted, "session_id" | "window" | "ticket">, once: string): Promise<Appointment> {
    return this.#post(`/v1/appointments/${path(id)}/rescheduling`, wanted, once);
  }

  /** A5, to print. */
  async slip(id: string): Promise<Uint8Array> {
    return (await this.#client.call("GET", `/v1/appointments/${path(id)}/slip.pdf`)).bytes();
  }

  waits(cursor: string | null = null): Promise<Page<WaitEntry>> {
    return this.#get("/v1/waitlist-entries", { cursor });
  }

  wait(id: string): Promise<WaitEntry> {
    return this.#get(`/v1/waitlist-entries/${path(id)}`);
  }

  enter(wish: WaitWish, once: string): Promise<WaitEntry> {
    return this.#post("/v1/waitlist-entries", wish, once);
  }

  answer(id: string, what: "acceptance" | "refusal" | "withdrawal", once: string): Promise<WaitEntry> {
    return this.#post(`/v1/waitlist-entries/${path(id)}/${what}`, null, once);
  }

  conduct(): Promise<Conduct> {
    return this.#get("/v1/conduct");
  }

  appeal(point: string, text: string, once: string): Promise<Conduct> {
    return this.#post(`/v1/conduct-points/${path(point)}/appeal`, { text }, once);
  }

  /** 404 where there is no link. */
  calendar(): Promise<Calendar> {
    return this.#get("/v1/calendar-feed");
  }

  /** A link that is told this once; the one before ends. */
  newCalendar(shows: Calendar["shows"]): Promise<CalendarLink> {
    return this.#post("/v1/calendar-feed", { shows }, this.#client.onceKey());
  }

  async endCalendar(): Promise<void> {
    await this.#client.call("DELETE", "/v1/calendar-feed");
  }

  /** Those whom the caller may book for, now. */
  async patients(): Promise<readonly Mandate[]> {
    const found = await this.#get<Page<Mandate>>("/v1/family/mandates", { limit: 100 });
    return found.items.filter(
      (one) =>
        one.status === "ACTIVE" &&
        one.role === "agent" &&
        one.purposes.includes(REGISTRATION) &&
        one.merchant_kinds.includes("hospital"),
    );
  }

  /** A key for one write, to be kept while it is tried again. */
  onceKey(): string {
    return this.#client.onceKey();
  }

  async #get<T>(where: string, query: Call["query"] = {}): Promise<T> {
    return this.#told(await this.#client.call("GET", where, { query }));
  }

  async #post<T>(where: string, body: unknown, once: string | false): Promise<T> {
    return this.#told(await this.#client.call("POST", where, { body, once }));
  }

  async #told<T>(reply: { header(name: string): string | null; json(): Promise<unknown> }): Promise<T> {
    this.#heard(reply.header("Date"));
    return (await reply.json()) as T;
  }
}

function path(id: string): string {
  return encodeURIComponent(id);
}
