/** Proofs that a request comes from the holder of the device's key (RFC 9449, section 4.2). */
import { base64url, utf8 } from "./base64url";
import type { Clock, Signer } from "./ports";

export interface Proven {
  readonly method: string;
  /** Of the request; a query is left out of `htu`. */
  readonly url: string;
  readonly accessToken?: string | undefined;
}

/** The value of the DPoP header of one request. */
export async function proof(signer: Signer, clock: Clock, proven: Proven): Promise<string> {
  const { kty, crv, x, y } = signer.jwk;
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const claims: Record<string, unknown> = {
    jti: base64url(signer.random(16)),
    htm: proven.method,
    htu: proven.url.split(/[?#]/u)[0],
    iat: Math.floor(clock()),
  };
  if (proven.accessToken !== undefined) {
    claims["ath"] = base64url(await signer.digest(utf8(proven.accessToken)));
  }
  return jws(signer, header, claims);
}

/** A compact JWS by ES256 (RFC 7515). */
export async function jws(signer: Signer, header: object, claims: object): Promise<string> {
  const message = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${message}.${base64url(await signer.sign(utf8(message)))}`;
}
