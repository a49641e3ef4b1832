/** /v1/appointments: a citizen's places at hospitals. Amounts are fen, times ISO 8601, days China's. */
import type { Client } from "./client";
import type { Page } from "./card";

export interface Visit {
  readonly id: string;
  readonly status: string;
  readonly hospital: string;
  readonly campus: string;
  readonly department: string;
  readonly practitioner: string;
  readonly day: string;
  readonly number: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly fee: number;
}

export class VisitsApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  page(cursor: string | null = null): Promise<Page<Visit>> {
    return this.#client.get("/v1/appointments", { cursor });
  }

  cancel(id: string): Promise<unknown> {
    return this.#client.post(`/v1/appointments/${encodeURIComponent(id)}/cancellation`);
  }
}
