/** What operators ask; each question needs a scope of its own. */
import type { Client } from "./client";

export interface Source {
  readonly source: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly contract: string;
  readonly circuit: "closed" | "open" | "half_open";
  readonly promised_p95_ms: number;
  readonly window: {
    readonly minutes: number;
    readonly exchanges: number;
    readonly failed: number;
    readonly error_share?: number;
    readonly faults: { readonly ours: number; readonly theirs: number };
    readonly p50_ms?: number;
    readonly p95_ms?: number;
  };
  readonly last_success_at?: string;
  readonly last_failure?: { readonly at: string; readonly failure: string; readonly fault: string };
}

export interface Queue {
  readonly waiting: number;
  readonly overdue_seconds: number;
  readonly dead: number;
  readonly items: readonly {
    readonly id: string;
    readonly topic: string;
    readonly attempts: number;
    readonly failure: string;
    readonly dead_at: string;
  }[];
}

export interface FailingWebhook {
  readonly id: string;
  readonly merchant_id: string;
  readonly state: "ACTIVE" | "DISABLED";
  readonly failures: number;
  readonly failing_since?: string;
  readonly letters: number;
  readonly oldest_died_at?: string;
}

export interface Outcome {
  readonly begin: string;
  readonly status: "PASSED" | "FAILED" | "EXPIRED";
  readonly retry_code?: string;
  /** Left out: one to four. */
  readonly count?: number;
}

export interface Outcomes {
  readonly each: "hour" | "day";
  readonly since: string;
  readonly until: string;
  readonly fewest: number;
  readonly items: readonly Outcome[];
}

export interface Difference {
  readonly id: string;
  readonly kind: string;
  readonly compared: string;
  readonly owner: "merchant" | "city";
  readonly status: string;
  readonly date: string;
  readonly age_seconds: number;
  readonly amounts: Readonly<Record<string, number>>;
}

export interface Standing {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly status_changed_at: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** The questions themselves. */
export class Operations {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async sources(): Promise<readonly Source[]> {
    return (await this.#client.get<Page<Source>>("/v1/operator/sources")).items;
  }

  queue(): Promise<Queue> {
    return this.#client.get("/v1/operator/queue");
  }

  retry(message: string): Promise<unknown> {
    return this.#client.post(`/v1/operator/queue/${encodeURIComponent(message)}/retry`);
  }

  async webhooks(): Promise<readonly FailingWebhook[]> {
    return (await this.#client.get<Page<FailingWebhook>>("/v1/operator/webhooks")).items;
  }

  replay(webhook: string): Promise<{ readonly replayed: number; readonly more: boolean }> {
    return this.#client.post(`/v1/operator/webhooks/${encodeURIComponent(webhook)}/replay`);
  }

  outcomes(each: "hour" | "day"): Promise<Outcomes> {
    return this.#client.get("/v1/operator/verifications/outcomes", { each });
  }

  /** The oldest fifty that are open, and whether there are more. */
  differences(): Promise<Page<Difference>> {
    return this.#client.get("/v1/operator/reconciliations", { status: "open", limit: 50 });
  }

  async merchants(): Promise<readonly Standing[]> {
    return this.#all("/v1/operator/merchants");
  }

  async hospitals(): Promise<readonly Standing[]> {
    return this.#all("/v1/operator/hospitals");
  }

  /** A thousand at most: a page for people, not an export. */
  async #all(path: string): Promise<readonly Standing[]> {
    const items: Standing[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await this.#client.get<Page<Standing>>(path, { cursor, limit: 100 });
      items.push(...page.items);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    return items;
  }
}
