/** The citizen's tokens: from a face, renewed while the phone is used, ended by signing out. */
import type { Client } from "./client";
import { Problem } from "./problem";

export const CLIENT_ID = "miniprogram";
const FACE_GRANT = "urn:zero-run:params:oauth:grant-type:face-verification";
const EARLY_S = 20;

export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Where a platform keeps the pair. */
export interface TokenStore {
  read(): Promise<TokenPair | null>;
  write(pair: TokenPair | null): Promise<void>;
}

interface TokenReply {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

export class Identity {
  readonly #client: Client;
  readonly #store: TokenStore;
  /** A refresh token works once: two calls at a time must not both use it. */
  #renewing: Promise<string | null> | null = null;

  constructor(client: Client, store: TokenStore) {
    this.#client = client;
    this.#store = store;
    client.identify(() => this.access());
  }

  async signedIn(): Promise<boolean> {
    return (await this.#store.read()) !== null;
  }

  /** The access token, renewed shortly before it ends; null once signing in again is needed. */
  async access(): Promise<string | null> {
    const pair = await this.#store.read();
    if (pair === null) return null;
    if (pair.until - EARLY_S > this.#client.line.clock()) return pair.access;
    this.#renewing ??= this.#renewed(pair).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Trade the one-time code of a passed verification for tokens. */
  async redeem(code: string): Promise<void> {
    await this.#granted({ grant_type: FACE_GRANT, code });
  }

  async signOut(): Promise<void> {
    const pair = await this.#store.read();
    await this.#store.write(null);
    if (pair === null) return;
    await this.#form("/oauth/revoke", { token: pair.refresh });
  }

  async #renewed(pair: TokenPair): Promise<string | null> {
    try {
      return await this.#granted({ grant_type: "refresh_token", refresh_token: pair.refresh });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status >= 500 || problem.status === 429) throw problem;
      await this.#store.write(null);
      return null;
    }
  }

  async #granted(fields: Record<string, string>): Promise<string> {
    const reply = (await (await this.#form("/oauth/token", fields)).json()) as TokenReply;
    const until = this.#client.line.clock() + reply.expires_in;
    await this.#store.write({ access: reply.access_token, refresh: reply.refresh_token, until });
    return reply.access_token;
  }

  async #form(path: string, fields: Record<string, string>) {
    const told = Object.entries({ ...fields, client_id: CLIENT_ID });
    const data = told.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    const upload = { type: "application/x-www-form-urlencoded", data };
    return this.#client.call("POST", path, { upload, signedIn: false, once: false });
  }
}
