/** The front camera: its frames become JPEG pictures with the time of each. */
import type { Picture } from "@/api/chain";
import { CameraRefused } from "@/face/faults";
import { FPS, Pace, sized } from "@/face/pace";
import { now, wait } from "./clock";
import type { Encoder, Frame } from "./encoding";

/** There are frames, and no picture can be made of them. */
export class TooOld extends Error {
  override readonly name = "TooOld";
}

const WARMING = 6;
const WARMING_ROUNDS = 2;
const WARMING_MS = 1200;
const LOOK_MS = 20;
const SCOPE = "scope.camera";

export type Taking = (picture: Picture) => void;

/**
 * Ask the person whether the camera may be used; who agreed before is not asked again.
 *
 * @throws CameraRefused
 */
export function allowed(): Promise<void> {
  return new Promise((resolve, reject) => {
    wx.authorize({ scope: SCOPE, success: () => resolve(), fail: () => reject(new CameraRefused("denied")) });
  });
}

export class Camera {
  readonly #encoder: Encoder;
  readonly #pace = new Pace();
  #listener: WechatMiniprogram.CameraFrameListener | null = null;
  #taking: Taking | null = null;
  #making = false;
  #size = { width: 480, height: 640 };
  #last = -1;
  #seen = 0;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** Begin to listen; the page's `camera` is on by now. */
  open(): void {
    const context = wx.createCameraContext();
    if (typeof context.onCameraFrame !== "function") throw new TooOld();
    this.#listener = context.onCameraFrame((frame) => this.#frame(frame));
    this.#listener.start();
  }

  /** What it delivers, as the server wants to know it. */
  get told(): { width: number; height: number; fps: number } {
    return { ...sized(this.#size.width, this.#size.height, this.#pace.longerSide), fps: FPS };
  }

  /** From now on every picture goes there, oldest first; null: none is taken. */
  take(taking: Taking | null): void {
    this.#taking = taking;
  }

  /**
   * Take a few pictures for nobody: the first ones are slow, and their size finds itself.
   *
   * @throws CameraRefused TooOld
   */
  async warmUp(): Promise<void> {
    let made = 0;
    for (let round = 1; round <= WARMING_ROUNDS; round += 1) {
      const until = now() + WARMING_MS;
      this.take(() => (made += 1));
      while (made < WARMING * round && now() < until) await wait(LOOK_MS);
      this.take(null);
      await this.settled();
    }
    if (this.#seen === 0) throw new CameraRefused("busy");
    if (made === 0) throw new TooOld();
  }

  /** Pictures are made as their frames come: none is under way. */
  settled(): Promise<void> {
    this.#pace.adapt();
    return Promise.resolve();
  }

  close(): void {
    this.#taking = null;
    this.#listener?.stop();
    this.#listener = null;
  }

  #frame(frame: Frame): void {
    this.#seen += 1;
    const taking = this.#taking;
    const began = now();
    if (taking === null || this.#making || !this.#pace.due(began)) return;
    this.#making = true;
    // Frames that came while this one was made are told at once after it, with a time that is not theirs.
    setTimeout(() => (this.#making = false), 0);
    const t_ms = Math.max(Math.round(began), this.#last + 1);
    this.#last = t_ms;
    const jpeg = this.#made(frame);
    this.#pace.took(now() - began);
    if (jpeg !== null) taking({ jpeg, t_ms });
  }

  /** Null: one frame that could not be made is one that was dropped. */
  #made(frame: Frame): Uint8Array | null {
    this.#size = frame;
    const { width, height } = sized(frame.width, frame.height, this.#pace.longerSide);
    try {
      return this.#encoder.encode(frame, width, height);
    } catch {
      return null;
    }
  }
}
