/** What operators ask: each question needs a scope, and the token says which ones it has. */
import { base64url, utf8 } from "./base64url";
import type { Client } from "./client";
import { jws } from "./dpop";
import { Problem } from "./problem";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EARLY_S = 20;
const LASTS_S = 60;

/** Who this browser is to the system. */
export interface Enrolled {
  readonly clientId: string;
  readonly name: string;
}

export interface EnrolledStore {
  read(): Promise<Enrolled | null>;
  write(enrolled: Enrolled | null): Promise<void>;
}

interface Held {
  readonly token: string;
  readonly until: number;
  readonly scopes: ReadonlySet<string>;
}

/** Signs in by client credentials: an assertion by the browser's key, for a token bound to it. */
export class OperatorSession {
  readonly client: Client;
  readonly #store: EnrolledStore;
  #held: Held | null = null;
  #asking: Promise<Held> | null = null;

  constructor(client: Client, store: EnrolledStore) {
    this.client = client;
    this.#store = store;
    client.identify(async () => (await this.#current()).token);
  }

  async enrolled(): Promise<Enrolled | null> {
    return this.#store.read();
  }

  /** Give this browser's key to the operator whose one-time code was told. */
  async enrol(code: string): Promise<void> {
    const jwk = this.client.line.signer.jwk;
    const body = { code: code.trim(), jwk };
    const told = await this.client.post<{ client_id: string; kind: string; name: string }>(
      "/v1/enrolments",
      body,
      { signedIn: false },
    );
    if (told.kind !== "operator") throw new Problem(403, { code: "INSUFFICIENT_SCOPE" }, null);
    await this.#store.write({ clientId: told.client_id, name: told.name });
  }

  /** The key was registered at the command line: its operator's id is all that is missing. */
  async registered(clientId: string): Promise<void> {
    await this.#store.write({ clientId: clientId.trim(), name: clientId.trim() });
    try {
      await this.scopes();
    } catch (failure) {
      await this.#store.write(null);
      throw failure;
    }
  }

  async scopes(): Promise<ReadonlySet<string>> {
    return (await this.#current()).scopes;
  }

  /** This browser forgets who it was; the operator stays registered until it is suspended. */
  async signOut(): Promise<void> {
    this.#held = null;
    await this.#store.write(null);
  }

  async #current(): Promise<Held> {
    const now = this.client.line.clock();
    if (this.#held !== null && this.#held.until - EARLY_S > now) return this.#held;
    this.#asking ??= this.#asked().finally(() => {
      this.#asking = null;
    });
    this.#held = await this.#asking;
    return this.#held;
  }

  async #asked(): Promise<Held> {
    const enrolled = await this.#store.read();
    if (enrolled === null) throw new Problem(401, { code: "INVALID_CLIENT" }, null);
    const fields = {
      grant_type: "client_credentials",
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await this.#assertion(enrolled.clientId),
    };
    const told = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const upload = { type: "application/x-www-form-urlencoded", data: told.join("&") };
    const call = { upload, signedIn: false, once: false } as const;
    const reply = await (await this.client.call("POST", "/oauth/token", call)).json();
    const { access_token, expires_in, scope } = reply as TokenReply;
    const until = this.client.line.clock() + expires_in;
    return { token: access_token, until, scopes: new Set((scope ?? "").split(" ").filter(Boolean)) };
  }

  /** RFC 7523, for our own issuer alone. */
  async #assertion(clientId: string): Promise<string> {
    const { signer, origin, clock } = this.client.line;
    const { crv, kty, x, y } = signer.jwk;
    const kid = base64url(await signer.digest(utf8(JSON.stringify({ crv, kty, x, y }))));
    const now = Math.floor(clock());
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: origin,
      jti: base64url(signer.random(16)),
      iat: now,
      exp: now + LASTS_S,
    };
    return jws(signer, { typ: "JWT", alg: "ES256", kid }, claims);
  }
}

interface TokenReply {
  readonly access_token: string;
  readonly expires_in: number;
  readonly scope?: string;
}

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
