/** Hospitals: finding, holding, paying, waiting, a rush, conduct. */
import type { Page } from "./card";
import type { Call, Client } from "./client";
import type { Appointment, AppointmentDetail, Calendar, CalendarLink, Conduct, Department, Draw, DrawEntry, Hospital, Mandate, OpenSession, Payment, Practitioner, Release, Session, Ticket, WaitEntry, WaitWish, Wanted, Wish } from "./bookingTypes";

export * from "./bookingTypes";

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
