/** /v1/certificates: what can be asked for, what was issued, several at once. Times ISO 8601. */
import type { Client } from "./client";
import type { Page } from "./card";

interface Titles {
  readonly zh: string;
  readonly en: string;
}

export interface CertificateType {
  readonly code: string;
  readonly titles: Titles;
  readonly available: boolean;
}

export interface IssuedCertificate {
  readonly id: string;
  readonly type: string;
  readonly titles: Titles;
  readonly status: string;
  readonly issued_at: string;
  readonly valid_until: string;
  readonly provisional: boolean;
}

export interface BatchItem {
  readonly type: string;
  readonly titles: Titles;
  /** queued, running, issued or refused. */
  readonly status: string;
  readonly certificate: IssuedCertificate | null;
  /** Problem details, as the request alone would have been answered. */
  readonly problem: { readonly detail?: string; readonly title?: string } | null;
}

export interface Batch {
  readonly id: string;
  readonly ended: boolean;
  readonly items: readonly BatchItem[];
}

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
