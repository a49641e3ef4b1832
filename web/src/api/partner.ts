/**
 * A counter's or an operator's line: its key is registered once by a code that is typed by hand,
 * then it logs in by that key alone (client credentials, private_key_jwt, RFC 7523).
 */
import { base64url } from "./base64url";
import type { Client } from "./client";
import { jws } from "./dpop";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_S = 60;
const EARLY_S = 20;
const ALPHABET = /^[0-9A-HJKMNP-TV-Z]{10}$/u;

export type PartnerKind = "terminal" | "hospital" | "operator";

/** Whose key it is, as the enrolment answered. */
export interface Enrolled {
  readonly client_id: string;
  readonly kind: PartnerKind;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface AccessToken {
  readonly access: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Where a platform keeps who it is and its token. */
export interface PartnerStore {
  enrolled(): Promise<Enrolled | null>;
  token(): Promise<AccessToken | null>;
  keepEnrolled(enrolled: Enrolled | null): Promise<void>;
  keepToken(token: AccessToken | null): Promise<void>;
}

/** The ten characters of a typed code, as the server reads them; null where it cannot be one. */
export function readCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/gu, "").replace(/O/gu, "0").replace(/[IL]/gu, "1");
  return ALPHABET.test(code) ? code : null;
}

export class Partner {
  readonly #client: Client;
  readonly #store: PartnerStore;
  /** Two calls at a time share one log-in. */
  #loggingIn: Promise<string> | null = null;

  constructor(client: Client, store: PartnerStore) {
    this.#client = client;
    this.#store = store;
    client.identify(() => this.access());
  }

  /**
   * Register this device's key. `once` is kept by the caller while the same code is tried again,
   * so that a lost answer comes again instead of a refusal.
   */
  async enrol(code: string, once: string): Promise<Enrolled> {
    const body = { code, jwk: this.#client.line.signer.jwk };
    const enrolled = await this.#client.post<Enrolled>("/v1/enrolments", body, { once, signedIn: false });
    await this.#store.keepToken(null);
    await this.#store.keepEnrolled(enrolled);
    return enrolled;
  }

  enrolled(): Promise<Enrolled | null> {
    return this.#store.enrolled();
  }

  /** Forget who this is; the key stays on the client's list until an operator removes it. */
  async forget(): Promise<void> {
    await this.#store.keepToken(null);
    await this.#store.keepEnrolled(null);
  }

  /** An access token for all that the client may do, taken anew shortly before it ends. */
  async access(): Promise<string | null> {
    const [enrolled, token] = await Promise.all([this.#store.enrolled(), this.#store.token()]);
    if (enrolled === null) return null;
    if (token !== null && token.until - EARLY_S > this.#client.line.clock()) return token.access;
    this.#loggingIn ??= this.#logIn(enrolled).finally(() => {
      this.#loggingIn = null;
    });
    return this.#loggingIn;
  }

  async #logIn(enrolled: Enrolled): Promise<string> {
    const fields = {
      grant_type: "client_credentials",
      client_assertion_type: ASSERTION,
      client_assertion: await this.#assertion(enrolled.client_id),
      scope: enrolled.scopes.join(" "),
    };
    const data = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const upload = { type: "application/x-www-form-urlencoded", data: data.join("&") };
    const call = { upload, signedIn: false, once: false } as const;
    const reply = await this.#client.call("POST", "/oauth/token", call);
    const told = (await reply.json()) as { access_token: string; expires_in: number };
    const until = this.#client.line.clock() + told.expires_in;
    await this.#store.keepToken({ access: told.access_token, until });
    return told.access_token;
  }

  /** Names its key by the thumbprint (RFC 7638), as the server does: a client has several. */
  async #assertion(clientId: string): Promise<string> {
    const { signer, clock, origin } = this.#client.line;
    const { crv, kty, x, y } = signer.jwk;
    const canonical = JSON.stringify({ crv, kty, x, y });
    const bytes = Uint8Array.from(canonical, (letter) => letter.charCodeAt(0)); // ASCII alone
    const kid = base64url(await signer.digest(bytes));
    const now = Math.floor(clock());
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: origin,
      jti: base64url(signer.random(16)),
      iat: now,
      exp: now + ASSERTION_S,
    };
    return jws(signer, { typ: "JWT", alg: "ES256", kid }, claims);
  }
}
