/**
 * Showing a live face: a session is opened, each step it reveals is answered with pictures that
 * leave while the step is still filmed, and the server decides. No camera in here.
 */
import { base64url, fromBase64url } from "./base64url";
import { FrameChain, type Picture, type Sealed } from "./chain";
import type { Client } from "./client";
import { multipart, type Part } from "./multipart";
import { Unreachable } from "./ports";
import { Problem } from "./problem";

/** Version of the consent text that is shown; the server keeps what it said. */
export const CONSENT_TEXT = "2026-11";
/** As many pictures are uploaded while the next ones are taken. */
export const PART_FRAMES = 12;
const TRIES = 4;
const PAUSE_S = 0.4;
const LONGEST_PAUSE_S = 2;

export type Variant = "full" | "no_light" | "no_motion";
export type Purpose = "login" | "step_up";

export interface Claim {
  readonly citizenNumber: string;
  readonly name: string;
  readonly purpose: Purpose;
  readonly variants: readonly Variant[];
  readonly camera: { readonly width: number; readonly height: number; readonly fps: number };
}

/** One picture of light; the first colour is the left or upper half's, as the person sees it. */
export interface Segment {
  readonly pattern: "full" | "left_right" | "top_bottom";
  readonly first: string;
  readonly second: string;
}

/** One revealed step; durations are milliseconds from the reveal. */
export interface Step {
  readonly n: number;
  readonly kind: string;
  readonly nonce: string;
  readonly parameters: { readonly segment_ms?: number; readonly segments?: readonly Segment[] };
  readonly window_ms: number;
  readonly min_frames: number;
  readonly max_frames: number;
  readonly hold_ms: number;
}

/** What happened in the person's name since they last passed. */
export interface Notice {
  readonly failed_sessions: number;
  readonly last_failed_at: string;
}

export interface Answer {
  readonly id: string;
  readonly status: "CREATED" | "IN_PROGRESS" | "PASSED" | "FAILED" | "EXPIRED";
  readonly step?: Step | null;
  readonly level?: string | null;
  readonly code?: string | null;
  readonly notice?: Notice | null;
  readonly retry_code?: string | null;
  readonly hint?: string | null;
}

interface Opened extends Answer {
  /** How many steps there are. */
  readonly steps: number;
}

export type Pause = (seconds: number) => Promise<void>;

export class Verification {
  readonly id: string;
  readonly steps: number;
  readonly first: Step;
  readonly #client: Client;
  readonly #pause: Pause;
  readonly #chain: FrameChain;

  private constructor(client: Client, opened: Opened, first: Step, pause: Pause) {
    this.id = opened.id;
    this.steps = opened.steps;
    this.first = first;
    this.#client = client;
    this.#pause = pause;
    this.#chain = new FrameChain(opened.id, client.line.signer);
  }

  /** Open a session. The answer never tells who is registered. */
  static async begin(client: Client, claim: Claim, pause: Pause): Promise<Verification> {
    const body = {
      citizen_number: claim.citizenNumber,
      name: claim.name,
      purpose: claim.purpose,
      consent: { text_version: CONSENT_TEXT, accepted: true },
      capabilities: { camera: claim.camera, variants: claim.variants },
    };
    const call = { signedIn: false, once: client.onceKey() };
    const opened = await persistent(() => client.post<Opened>("/v1/verifications", body, call), pause);
    if (!opened.step) throw new Problem(502, { code: "STEP_MISSING" }, null);
    return new Verification(client, opened, opened.step, pause);
  }

  answering(step: Step): StepAnswer {
    const path = `/v1/verifications/${this.id}/steps/${step.n}`;
    const nonce = fromBase64url(step.nonce);
    return new StepAnswer({
      seal: (picture) => this.#chain.seal(nonce, picture),
      send: (where, sealed, shown) => this.#send(path + where, sealed, shown),
    });
  }

  /** The signed receipt of a session that has ended; the device's own only. */
  static async receipt(client: Client, id: string): Promise<string> {
    const reply = await client.call("GET", `/v1/verifications/${id}/receipt`, { signedIn: false });
    return ((await reply.json()) as { receipt: string }).receipt;
  }

  #send(path: string, sealed: readonly Sealed[], shown: number | null): Promise<Answer> {
    const { signer } = this.#client.line;
    const upload = multipart(partsOf(sealed, shown), `zr-${base64url(signer.random(18))}`);
    const call = { upload, signedIn: false, once: false } as const;
    // The same content again is answered the same.
    return persistent(async () => {
      const reply = await this.#client.call("POST", path, call);
      return (await reply.json()) as Answer;
    }, this.#pause);
  }
}

interface Sending {
  readonly seal: (picture: Picture) => Promise<Sealed>;
  readonly send: (where: string, sealed: readonly Sealed[], shown: number | null) => Promise<Answer>;
}

/** The pictures of one step, on their way as they come. */
export class StepAnswer {
  readonly #sending: Sending;
  #held: Picture[] = [];
  #parts = 0;
  #shown: number | null = null;
  #told = false;
  /** What was sent last; one upload at a time, in their order. */
  #sent: Promise<Answer | null> = Promise.resolve(null);
  #over = false;

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  /** Whether the session ended before the step did: nothing more needs to be filmed. */
  get over(): boolean {
    return this.#over;
  }

  /** Pictures of light: when the first appeared, by the clock of the pictures. */
  shown(t_ms: number): void {
    this.#shown = t_ms;
  }

  add(picture: Picture): void {
    if (this.#held.length >= PART_FRAMES) this.#leave(`/parts/${this.#parts++}`);
    this.#held.push(picture);
  }

  /** Begin the step anew, if none of its pictures has left; whether that could be. */
  restart(): boolean {
    if (this.#parts > 0) return false;
    this.#held = [];
    return true;
  }

  /** Send what is left; the next step or the end. */
  async finish(): Promise<Answer> {
    this.#leave("");
    const answer = await this.#sent;
    if (answer === null) throw new Error("a step without pictures");
    return answer;
  }

  #leave(where: string): void {
    const sealed = Promise.all(this.#held.map((picture) => this.#sending.seal(picture)));
    const shown = this.#told ? null : this.#shown;
    this.#told ||= shown !== null;
    this.#held = [];
    this.#sent = this.#sent.then(async (before) => {
      if (before !== null && before.status !== "IN_PROGRESS") return before;
      return this.#sending.send(where, await sealed, shown);
    });
    this.#sent.then(
      (answer) => (this.#over ||= answer !== null && answer.status !== "IN_PROGRESS"),
      () => (this.#over = true), // told by `finish`
    );
  }
}

function partsOf(sealed: readonly Sealed[], shown: number | null): Part[] {
  const frames = sealed.map(({ seq, t_ms, hash }) => ({ seq, t_ms, hash }));
  const told = shown === null ? { frames } : { frames, shown_ms: shown };
  const files = sealed.map(({ seq, jpeg }) => {
    return { name: "frames", content: jpeg, filename: `${seq}.jpg`, type: "image/jpeg" };
  });
  return [{ name: "manifest", content: JSON.stringify(told) }, ...files];
}

/** Try again what was lost on the way or came at a busy moment; a step has seconds, not minutes. */
async function persistent<T>(call: () => Promise<T>, pause: Pause): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (failure) {
      const wait = pauseAfter(failure);
      if (tries >= TRIES || wait === null || wait > LONGEST_PAUSE_S) throw failure;
      await pause(wait);
    }
  }
}

function pauseAfter(failure: unknown): number | null {
  if (failure instanceof Unreachable) return PAUSE_S;
  if (!(failure instanceof Problem)) return null;
  if (failure.status === 503) return failure.retryAfter ?? PAUSE_S;
  return failure.code === "STEP_IN_PROGRESS" ? PAUSE_S : null;
}
