/** /v1/certificates: what can be asked for, what was issued, several at once. Times ISO 8601. */
import type { Client } from "./client";
import type { Page } from "./card";

export interface Titles {
  readonly zh: string;
  readonly en: string;
}

export interface CertificateType {
  readonly code: string;
  readonly titles: Titles;
  readonly legal_basis: Titles;
  /** Assurance level that is needed: L1 … */
  readonly level: string;
  readonly validity_days: number;
  /** Departments that are asked, by their code. */
  readonly source_names: Readonly<Record<string, Titles>>;
  readonly available: boolean;
}

export interface IssuedCertificate {
  readonly id: string;
  readonly type: string;
  readonly titles: Titles;
  readonly number: string;
  readonly version: number;
  /** valid, suspended, superseded, revoked or expired. */
  readonly status: string;
  readonly issued_at: string;
  readonly valid_until: string;
  readonly provisional: boolean;
  readonly confirmed_at?: string;
  /** When its file was given a trusted time. */
  readonly archived_at?: string;
}

export interface ItemProblem {
  readonly code?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly title?: string;
  readonly retry_after?: number;
  readonly acr_values?: string;
}

export interface BatchItem {
  readonly type: string;
  readonly titles: Titles;
  /** queued, running, issued or refused. */
  readonly status: string;
  readonly certificate: IssuedCertificate | null;
  /** Problem details, as the request alone would have been answered. */
  readonly problem: ItemProblem | null;
}

export interface Batch {
  readonly id: string;
  readonly ended: boolean;
  readonly items: readonly BatchItem[];
}

/** The API takes no more at once. */
export const MOST_AT_ONCE = 10;

type Sent = Omit<BatchItem, "certificate" | "problem"> & Partial<Pick<BatchItem, "certificate" | "problem">>;

export class IssuingApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async types(): Promise<readonly CertificateType[]> {
    return (await this.#client.get<{ items: readonly CertificateType[] }>("/v1/certificate-types")).items;
  }

  issued(cursor: string | null = null): Promise<Page<IssuedCertificate>> {
    return this.#client.get("/v1/certificates", { cursor });
  }

  one(id: string): Promise<IssuedCertificate> {
    return this.#client.get(`/v1/certificates/${encodeURIComponent(id)}`);
  }

  async pdf(id: string): Promise<Uint8Array> {
    return (await this.#client.call("GET", `/v1/certificates/${encodeURIComponent(id)}/pdf`)).bytes();
  }

  /** The address in the certificate's QR. */
  async checkLink(id: string): Promise<string> {
    const path = `/v1/certificates/${encodeURIComponent(id)}/check-link`;
    return (await this.#client.get<{ check_url: string }>(path)).check_url;
  }

  /** Ask for several at once; each ends on its own. */
  async ask(types: readonly string[], once: string): Promise<Batch> {
    return whole(await this.#client.post("/v1/certificates/batch", { types }, { once }));
  }

  async batch(id: string): Promise<Batch> {
    return whole(await this.#client.get(`/v1/certificates/batches/${encodeURIComponent(id)}`));
  }
}

/** The API leaves out what is null; those who read a batch should not have to know. */
function whole(sent: Omit<Batch, "items"> & { readonly items: readonly Sent[] }): Batch {
  const items = sent.items.map((one) => ({
    ...one,
    certificate: one.certificate ?? null,
    problem: one.problem ?? null,
  }));
  return { ...sent, items };
}
