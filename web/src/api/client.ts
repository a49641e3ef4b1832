/**
 * One caller's line to the API: proof of possession on every call, the access token where there is
 * one, a key that makes a write happen once, problems as exceptions.
 */
import { base64url } from "./base64url";
import { proof } from "./dpop";
import { Problem } from "./problem";
import type { Clock, Reply, Signer, Transport, Upload } from "./ports";

export interface Call {
  /** A JSON value, or an upload as it is. */
  readonly body?: unknown;
  readonly upload?: Upload;
  /** Members of the query; those that are null are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** Idempotency-Key; writes get one each unless the caller keeps one over repetitions. */
  readonly once?: string | false;
  /** Whether the access token goes along; it does where there is one. */
  readonly signedIn?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Hands out the access token, renewed if need be; null when nobody is signed in. */
export type Tokens = () => Promise<string | null>;

export interface Line {
  readonly transport: Transport;
  readonly signer: Signer;
  /** Scheme and host as the server knows itself: what its proofs are checked against. */
  readonly origin: string;
  readonly language: () => string;
  readonly clock: Clock;
}

export class Client {
  readonly line: Line;
  #tokens: Tokens;

  constructor(line: Line, tokens: Tokens = () => Promise.resolve(null)) {
    this.line = line;
    this.#tokens = tokens;
  }

  /** Whose tokens go along from now on. */
  identify(tokens: Tokens): void {
    this.#tokens = tokens;
  }

  async get<T>(path: string, query: Call["query"] = {}): Promise<T> {
    return (await (await this.call("GET", path, { query })).json()) as T;
  }

  async post<T>(path: string, body: unknown = null, call: Call = {}): Promise<T> {
    const reply = await this.call("POST", path, { ...call, body });
    return (reply.status === 204 ? null : await reply.json()) as T;
  }

  /** A key for one write, to be kept while it is tried again. */
  onceKey(): string {
    return base64url(this.line.signer.random(16));
  }

  /** Any call. Throws `Problem` when it is refused, `Unreachable` when there is no answer. */
  async call(method: string, path: string, call: Call = {}): Promise<Reply> {
    const where = path + queryOf(call.query ?? {});
    const token = (call.signedIn ?? true) ? await this.#tokens() : null;
    const headers = await this.#headers(method, where, call, token);
    const reply = await this.line.transport.carry({ method, path: where, headers, body: bodyOf(call) });
    if (reply.status >= 400) throw await Problem.of(reply);
    return reply;
  }

  async #headers(
    method: string,
    where: string,
    call: Call,
    token: string | null,
  ): Promise<Record<string, string>> {
    const { signer, origin, clock, language } = this.line;
    const proven = { method, url: origin + where, accessToken: token ?? undefined };
    const headers: Record<string, string> = {
      "Accept-Language": language(),
      DPoP: await proof(signer, clock, proven),
      ...call.headers,
    };
    if (token !== null) headers["Authorization"] = `DPoP ${token}`;
    if (method !== "GET" && call.once !== false) headers["Idempotency-Key"] = call.once ?? this.onceKey();
    return headers;
  }
}

function bodyOf(call: Call): Upload | null {
  if (call.upload !== undefined) return call.upload;
  if (call.body === undefined || call.body === null) return null;
  return { type: "application/json", data: JSON.stringify(call.body) };
}

function queryOf(members: NonNullable<Call["query"]>): string {
  const told = Object.entries(members)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return told.length === 0 ? "" : `?${told.join("&")}`;
}
