/** The device's key in WebCrypto: made here, used here, not to be read out. */
import { base64url } from "@/api/base64url";
import type { PublicJwk, Signer } from "@/api/ports";
import type { Vault } from "./vault";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;

export class DeviceKey implements Signer {
  readonly jwk: PublicJwk;
  readonly #private: CryptoKey;

  private constructor(jwk: PublicJwk, secret: CryptoKey) {
    this.jwk = jwk;
    this.#private = secret;
  }

  /** The key kept under a name, made at first use; the same in every window, whichever was first. */
  static async kept(vault: Vault, name = "key"): Promise<DeviceKey> {
    const pair =
      (await vault.read<CryptoKeyPair>(name)) ??
      (await vault.settle<CryptoKeyPair>(name, await crypto.subtle.generateKey(P256, false, ["sign"])));
    const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    return new DeviceKey({ kty: "EC", crv: "P-256", x, y }, pair.privateKey);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign(ES256, this.#private, message as BufferSource));
  }

  async digest(message: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", message as BufferSource));
  }

  random(count: number): Uint8Array {
    return crypto.getRandomValues(new Uint8Array(count));
  }

  /** RFC 7638. */
  async thumbprint(): Promise<string> {
    const { crv, kty, x, y } = this.jwk;
    return base64url(await this.digest(new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))));
  }
}
