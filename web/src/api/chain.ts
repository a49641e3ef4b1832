/**
 * The frame chain of one session: each frame's hash covers the one before it and the step's nonce.
 *
 * hash = SHA-256(previous ‖ nonce ‖ seq, 4 bytes BE ‖ t_ms, 8 bytes BE ‖ JPEG); the first
 * `previous` is SHA-256("zero-run frame chain v1" ‖ session id).
 */
import { utf8 } from "./base64url";
import { joined } from "./multipart";
import type { Signer } from "./ports";

const GENESIS = "zero-run frame chain v1";

/** One JPEG and the monotonic millisecond it was taken at. */
export interface Picture {
  readonly jpeg: Uint8Array;
  /** A whole number; of two pictures the later one has the larger. */
  readonly t_ms: number;
}

export interface Sealed extends Picture {
  readonly seq: number;
  /** 64 hex digits. */
  readonly hash: string;
}

export class FrameChain {
  readonly #digest: Signer["digest"];
  #previous: Promise<Uint8Array>;
  #seq = 0;

  constructor(sessionId: string, signer: Pick<Signer, "digest">) {
    this.#digest = (message) => signer.digest(message);
    this.#previous = this.#digest(utf8(GENESIS + sessionId));
  }

  /** Append one picture of a step; in the order of the calls. */
  seal(nonce: Uint8Array, picture: Picture): Promise<Sealed> {
    const seq = this.#seq;
    this.#seq += 1;
    const before = this.#previous;
    const digest = before.then((head) => this.#digest(linked(head, nonce, seq, picture)));
    this.#previous = digest;
    return digest.then((hash) => ({ ...picture, seq, hash: hex(hash) }));
  }
}

function linked(head: Uint8Array, nonce: Uint8Array, seq: number, picture: Picture): Uint8Array {
  const place = new DataView(new ArrayBuffer(12));
  place.setUint32(0, seq);
  place.setUint32(4, Math.floor(picture.t_ms / 2 ** 32));
  place.setUint32(8, picture.t_ms >>> 0);
  return joined([head, nonce, new Uint8Array(place.buffer), picture.jpeg]);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
