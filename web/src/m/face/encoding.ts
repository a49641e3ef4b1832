/** Pictures become JPEG files beside the page (a worker), or within it where there is none. */
const QUALITY = 0.85;

export interface Asked {
  readonly id: number;
  readonly picture: ImageBitmap;
  readonly width: number;
  readonly height: number;
}

export interface Made {
  readonly id: number;
  /** Null: it could not be made. */
  readonly jpeg: ArrayBuffer | null;
}

type Paint = Pick<CanvasRenderingContext2D, "drawImage">;

/** Encodes one picture at a time. */
export interface Encoder {
  /** Takes the picture over; a JPEG of that size. */
  encode(picture: ImageBitmap, width: number, height: number): Promise<Uint8Array>;
  close(): void;
}

export function encoder(): Encoder {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return new PageEncoder();
  return new WorkerEncoder(new Worker(new URL("./encoding.worker.ts", import.meta.url), { type: "module" }));
}

/** Draw and encode on a canvas of the worker. */
export async function encodedOffscreen(canvas: OffscreenCanvas, asked: Asked): Promise<ArrayBuffer> {
  fit(canvas, asked.width, asked.height);
  const paint = canvas.getContext("2d", { alpha: false });
  if (paint === null) throw new Error("no canvas");
  draw(paint, asked.picture, asked.width, asked.height);
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })).arrayBuffer();
}

class WorkerEncoder implements Encoder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { done: (jpeg: Uint8Array) => void; failed: (why: Error) => void }>();
  #id = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Made>) => this.#made(data));
    worker.addEventListener("error", () => this.#lost());
  }

  encode(picture: ImageBitmap, width: number, height: number): Promise<Uint8Array> {
    const id = this.#id++;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#worker.postMessage({ id, picture, width, height } satisfies Asked, [picture]);
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#lost();
  }

  #made({ id, jpeg }: Made): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (jpeg === null) waiting?.failed(new Error("no picture"));
    else waiting?.done(new Uint8Array(jpeg));
  }

  #lost(): void {
    for (const { failed } of this.#waiting.values()) failed(new Error("no picture"));
    this.#waiting.clear();
  }
}

class PageEncoder implements Encoder {
  readonly #canvas = document.createElement("canvas");

  async encode(picture: ImageBitmap, width: number, height: number): Promise<Uint8Array> {
    fit(this.#canvas, width, height);
    const paint = this.#canvas.getContext("2d", { alpha: false });
    if (paint === null) throw new Error("no canvas");
    draw(paint, picture, width, height);
    const blob = await new Promise<Blob | null>((made) => this.#canvas.toBlob(made, "image/jpeg", QUALITY));
    if (blob === null) throw new Error("no picture");
    return new Uint8Array(await blob.arrayBuffer());
  }

  close(): void {
    // Nothing runs beside the page.
  }
}

function fit(canvas: { width: number; height: number }, width: number, height: number): void {
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

function draw(paint: Paint, picture: ImageBitmap, width: number, height: number): void {
  paint.drawImage(picture, 0, 0, width, height);
  picture.close();
}
