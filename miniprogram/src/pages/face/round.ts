/** One time before the camera: from its first picture to the server's word. */
import type { Client } from "@/api/client";
import type { Claim, Step } from "@/api/verification";
import { verify, type Ended } from "@/face/directing";
import { CameraRefused } from "@/face/faults";
import { allowed, Camera, TooOld } from "../../device/camera";
import { now, wait } from "../../device/clock";
import { CanvasEncoder } from "../../device/encoding";
import { Lamp, type Show } from "../../device/lamp";
import { awakeAndBright, nudge, type Kept } from "../../device/screen";

const OPENING_MS = 8000;

/** What the page shows of it. */
export interface Stage {
  readonly light: Show;
  /** The camera delivers: the person may begin. */
  ready(): void;
  begins(step: Step, count: number): void;
  /** A step is filmed; the server looks. */
  filmed(): void;
  ended(how: Ended): void;
  failed(failure: unknown): void;
}

export class Round {
  readonly #stage: Stage;
  readonly #leaving = { aborted: false };
  readonly #kept: Kept = awakeAndBright();
  #camera: Camera | null = null;
  #running = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Whether something would be lost by leaving now. */
  get running(): boolean {
    return this.#running && !this.#leaving.aborted;
  }

  /** Ask for the camera; `on` puts it on the page, which tells `opened` when it is there. */
  async ask(on: () => void): Promise<void> {
    try {
      await allowed();
      if (this.#leaving.aborted) return;
      on();
      await wait(OPENING_MS);
      if (this.#camera === null) this.stop(new CameraRefused("busy"));
    } catch (failure) {
      this.stop(failure);
    }
  }

  async opened(): Promise<void> {
    if (this.#camera !== null || this.#leaving.aborted) return;
    try {
      this.#camera = new Camera(encoder());
      this.#camera.open();
      await this.#camera.warmUp();
      if (!this.#leaving.aborted) this.#stage.ready();
    } catch (failure) {
      this.stop(failure);
    }
  }

  async film(client: Client, claim: Omit<Claim, "camera">): Promise<void> {
    const camera = this.#camera;
    if (camera === null || this.running || this.#leaving.aborted) return;
    this.#running = true;
    const { begins, filmed } = this.#stage;
    const signal = this.#leaving;
    const lamp = new Lamp((picture) => this.#stage.light(picture));
    const stepBegins = (step: Step, count: number): void => {
      if (signal.aborted) return;
      nudge();
      begins(step, count);
    };
    const looks = (): void => {
      if (!signal.aborted) filmed();
    };
    try {
      const direction = { camera, lamp, now, wait, signal, begins: stepBegins, filmed: looks };
      const how = await verify(client, { ...claim, camera: camera.told }, direction);
      if (signal.aborted) return;
      this.leave();
      this.#stage.ended(how);
    } catch (failure) {
      this.stop(failure);
    }
  }

  /** Nothing of it goes on; the page tells why. */
  stop(failure: unknown): void {
    if (this.#leaving.aborted) return;
    this.leave();
    this.#stage.failed(failure);
  }

  leave(): void {
    this.#leaving.aborted = true;
    this.#camera?.close();
    this.#kept.release();
  }
}

function encoder(): CanvasEncoder {
  try {
    return new CanvasEncoder();
  } catch {
    throw new TooOld();
  }
}
