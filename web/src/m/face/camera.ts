/** The front camera: a stream for the person to see, and JPEG pictures with the time of each. */
import type { Picture } from "@/api/chain";
import { CameraRefused, type CameraFault } from "@/face/faults";
import { FPS, Pace, sized } from "@/face/pace";
import { encoder, type Encoder } from "./encoding";

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: "user",
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 30 },
  },
};
const FAULTS: Readonly<Record<string, CameraFault>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};
/** More at a time than this are not encoded: the next frame is dropped, as a camera does. */
const AT_A_TIME = 2;
const WARMING = 6;
const WARMING_ROUNDS = 2;
const WARMING_MS = 1200;

export type Taking = (picture: Picture) => void;

export class Camera {
  readonly #stream: MediaStream;
  readonly #video: HTMLVideoElement;
  readonly #encoder: Encoder = encoder();
  readonly #pace = new Pace();
  #taking: Taking | null = null;
  #making = 0;
  #order: Promise<void> = Promise.resolve();
  #lastTime = -1;
  #stopped = false;

  private constructor(stream: MediaStream, video: HTMLVideoElement, lost: () => void) {
    this.#stream = stream;
    this.#video = video;
    this.#track.addEventListener("ended", lost);
    this.#watch();
  }

  /**
   * Ask for the camera and show it.
   *
   * @throws CameraRefused
   */
  static async opened(video: HTMLVideoElement, lost: () => void): Promise<Camera> {
    const stream = await granted();
    video.srcObject = stream;
    await video.play().catch(() => undefined); // muted and inline: it plays, or nothing will come
    return new Camera(stream, video, lost);
  }

  /** What it delivers, as the server wants to know it. */
  get told(): { width: number; height: number; fps: number } {
    const { width, height } = this.#size;
    const { frameRate } = this.#track.getSettings();
    return { width, height, fps: Math.min(FPS, Math.round(frameRate || FPS)) };
  }

  /** From now on every picture goes there, oldest first; null: none is taken. */
  take(taking: Taking | null): void {
    this.#taking = taking;
  }

  /** Take a few pictures for nobody: the first ones are slow, and their size finds itself. */
  async warmUp(): Promise<void> {
    for (let round = 0; round < WARMING_ROUNDS; round += 1) {
      let left = WARMING;
      await new Promise<void>((warm) => {
        setTimeout(warm, WARMING_MS);
        this.take(() => (left -= 1) <= 0 && warm());
      });
      this.take(null);
      await this.settled();
    }
  }

  /** Resolves when the pictures that were taken are encoded and handed over. */
  async settled(): Promise<void> {
    await this.#order;
    this.#pace.adapt();
  }

  /** Let go of the camera; its light goes out. */
  close(): void {
    this.#stopped = true;
    this.#taking = null;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
    this.#encoder.close();
  }

  get #track(): MediaStreamTrack {
    return this.#stream.getVideoTracks()[0]!;
  }

  get #size(): { width: number; height: number } {
    const { videoWidth, videoHeight } = this.#video;
    return sized(videoWidth || 480, videoHeight || 640, this.#pace.longerSide);
  }

  /** Each frame the camera delivers is looked at once: the same one twice would be a loop. */
  #watch(): void {
    const video = this.#video;
    if ("requestVideoFrameCallback" in video) {
      const next = (): void => {
        if (this.#stopped) return;
        video.requestVideoFrameCallback(next);
        this.#frame();
      };
      video.requestVideoFrameCallback(next);
      return;
    }
    let before = -1;
    const look = (): void => {
      if (this.#stopped) return;
      requestAnimationFrame(look);
      const { currentTime } = video as HTMLVideoElement;
      if (currentTime !== before) this.#frame();
      before = currentTime;
    };
    requestAnimationFrame(look);
  }

  #frame(): void {
    const taking = this.#taking;
    const now = performance.now();
    if (taking === null || this.#making >= AT_A_TIME || !this.#pace.due(now)) return;
    const t_ms = Math.max(Math.round(now), this.#lastTime + 1);
    this.#lastTime = t_ms;
    this.#making += 1;
    const jpeg = this.#jpeg();
    this.#order = this.#order.then(async () => {
      try {
        const made = await jpeg;
        this.#pace.took(performance.now() - now);
        taking({ jpeg: made, t_ms });
      } catch {
        // One frame that could not be made is one that was dropped.
      } finally {
        this.#making -= 1;
      }
    });
  }

  async #jpeg(): Promise<Uint8Array> {
    const { width, height } = this.#size;
    return this.#encoder.encode(await createImageBitmap(this.#video), width, height);
  }
}

async function granted(): Promise<MediaStream> {
  // Absent where the page did not come over a safe line.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new CameraRefused("insecure");
  try {
    return await devices.getUserMedia(WANTED);
  } catch (refusal) {
    const name = refusal instanceof DOMException ? refusal.name : "";
    throw new CameraRefused(FAULTS[name] ?? "missing");
  }
}
