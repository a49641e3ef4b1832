/**
 * What a platform lends to the client. A browser does it with fetch and WebCrypto, a mini-program
 * with wx.request; nothing in this folder knows either of them.
 */

/** The public half of the device's key, P-256 (RFC 7517). */
export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** Signs with the device's key, which never leaves it. */
export interface Signer {
  readonly jwk: PublicJwk;
  /** ES256 over the bytes: r ‖ s, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** SHA-256. */
  digest(message: Uint8Array): Promise<Uint8Array>;
  /** Fresh random bytes. */
  random(count: number): Uint8Array;
}

/** Seconds since 1970. */
export type Clock = () => number;

export interface Upload {
  readonly type: string;
  /** A string, bytes, or form data as the platform knows them. */
  readonly data: unknown;
}

export interface Request {
  readonly method: string;
  /** Below the origin, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Upload | null;
}

export interface Reply {
  readonly status: number;
  header(name: string): string | null;
  json(): Promise<unknown>;
  bytes(): Promise<Uint8Array>;
}

/** Carries one request. Throws `Unreachable` when there was no answer. */
export interface Transport {
  carry(request: Request): Promise<Reply>;
}

/** There was no answer: no network, no server, or too late. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}
