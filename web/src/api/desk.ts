/** What a hospital's desk asks of the system: today's lines, check-in, the window, stops, sessions. */
import type { Client } from "./client";
import { Problem } from "./problem";
import type { Attended, DaySession, Imported, Line, PlannedSession, SessionRecord, Shown, Slip, StopReason, StopTold, Stopped, WindowBooking } from "./deskTypes";

export * from "./deskTypes";

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

interface FhirAppointment {
  readonly id: string;
  readonly status: string;
  readonly start: string;
  readonly extension?: readonly { readonly url: string; readonly valuePositiveInt?: number }[];
  readonly identifier?: readonly { readonly value: string }[];
}

const REGISTRATION = "01101";
const MOST_PAGES = 20;
const QUEUE_NUMBER = "urn:zero-run:fhir:queue-number";
const FHIR = "application/fhir+json";

export class DeskApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  today(): Promise<readonly DaySession[]> {
    return this.#all<DaySession>("/v1/hospital/sessions/today", { limit: 100 });
  }

  line(session: string): Promise<Line> {
    return this.#client.get(`/v1/hospital/sessions/${session}/appointments`, { limit: 200 });
  }

  /** Used up whatever comes of it: never sent again. */
  checkIn(code: string): Promise<Attended> {
    return this.#client.post("/v1/hospital/check-ins", { code }, { once: false });
  }

  slip(code: string): Promise<Slip> {
    return this.#client.post("/v1/hospital/slips", { code }, { once: false });
  }

  /** A write that takes effect once under its key, however often it is sent. */
  write<T>(path: string, body: unknown, key: string): Promise<T> {
    return this.#client.post(path, body, { once: key });
  }

  /** What would become of everybody, with the places that are free now; nothing is done. */
  async tryStop(sessions: readonly string[], reason: StopReason): Promise<readonly Stopped[]> {
    const body = { session_ids: sessions, reason, dry_run: true };
    return (await this.#client.post<{ sessions: readonly Stopped[] }>("/v1/hospital/stops", body)).sessions;
  }

  stopped(stop: string): Promise<StopTold> {
    return this.#client.get(`/v1/hospital/stops/${stop}`);
  }

  day(day: string): Promise<readonly PlannedSession[]> {
    return this.#all<PlannedSession>("/v1/hospital/sessions", { day, limit: 500 });
  }

  async record(session: string): Promise<SessionRecord> {
    return (await this.#client.get<{ record: SessionRecord }>(`/v1/hospital/sessions/${session}/record`)).record;
  }

  /** The same record once more changes nothing, so a lost answer is asked for by sending it again. */
  async plan(record: SessionRecord, dryRun: boolean): Promise<Imported> {
    const upload = { type: "application/x-ndjson", data: `${JSON.stringify(record)}\n` };
    const query = dryRun ? { dry_run: true } : {};
    return (await (await this.#client.call("POST", "/v1/hospital/imports", { upload, query })).json()) as Imported;
  }

  decode(code: string): Promise<Shown> {
    return this.#client.post("/v1/terminal/decode", { code, purpose: REGISTRATION }, { once: false });
  }

  /** Book the lowest free number of the window. The same person and session give the same place. */
  async book(session: string, presence: string): Promise<WindowBooking> {
    const parameter = [
      { name: "schedule", valueReference: { reference: `Schedule/${session.replace("_", "-")}` } },
      { name: "presence", valueString: presence },
    ];
    return this.#fhir("POST", "/fhir/R4/Appointment/$book", FHIR, { resourceType: "Parameters", parameter });
  }

  /** Whoever was booked at the window is there; a status that is so already stays. */
  arrived(appointment: string): Promise<WindowBooking> {
    const path = `/fhir/R4/Appointment/${appointment.replace("_", "-")}`;
    return this.#fhir("PATCH", path, "application/json-patch+json", [{ op: "replace", path: "/status", value: "arrived" }]);
  }

  async #fhir(method: string, path: string, type: string, body: unknown): Promise<WindowBooking> {
    try {
      const upload = { type, data: JSON.stringify(body) };
      const reply = await this.#client.call(method, path, { upload, once: false });
      return bookingOf((await reply.json()) as FhirAppointment);
    } catch (failure) {
      throw failure instanceof Problem ? plain(failure) : failure;
    }
  }

  async #all<T>(path: string, query: Record<string, string | number>): Promise<readonly T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page: Page<T> = await this.#client.get(path, { ...query, cursor });
      items.push(...page.items);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    return items;
  }
}

/** The ids of those stops that took place; a session that was over has none. */
export function stopsOf(sessions: readonly Stopped[]): string[] {
  return sessions.flatMap((one) => (one.stop_id === undefined ? [] : [one.stop_id]));
}

export function bookingOf(told: FhirAppointment): WindowBooking {
  const number = told.extension?.find((one) => one.url === QUEUE_NUMBER);
  return {
    id: told.identifier?.[0]?.value ?? told.id.replace("-", "_"),
    number: number?.valuePositiveInt ?? 0,
    starts_at: told.start,
    arrived: told.status === "arrived" || told.status === "checked-in",
  };
}

/** A refusal in FHIR's words (OperationOutcome) as every other one. */
export function plain(problem: Problem): Problem {
  const issues = problem.told["issue"];
  if (!Array.isArray(issues)) return problem;
  const { details } = (issues[0] ?? {}) as { details?: { text?: string; coding?: { code?: string }[] } };
  const told = { code: details?.coding?.[0]?.code ?? problem.code, detail: details?.text ?? "" };
  return new Problem(problem.status, told, problem.retryAfter);
}
