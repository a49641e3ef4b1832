/** A camera's pixels as a JPEG file, by the platform's canvas: it has no other encoder. */
import { FRAMES_ARE_MIRRORED } from "../config";

/** The server takes no larger file. */
const LARGEST_BYTES = 512 * 1024;
const QUALITIES = [0.85, 0.6] as const;
const HEAD = "data:image/jpeg;base64,";

/** Four bytes a pixel: red, green, blue, alpha; row after row from the top. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayBuffer;
}

/** Encodes one frame at a time. */
export interface Encoder {
  /** A JPEG of that size. Throws where none can be made. */
  encode(frame: Frame, width: number, height: number): Uint8Array;
}

interface Pixels {
  readonly data: Uint8ClampedArray;
}

interface Paint {
  createImageData(width: number, height: number): Pixels;
  putImageData(pixels: Pixels, x: number, y: number): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  drawImage(canvas: Canvas, x: number, y: number, width: number, height: number): void;
}

/** The vendor's typings have `toDataURL` on a page's canvas only. */
interface Canvas {
  width: number;
  height: number;
  getContext(type: "2d"): Paint;
  toDataURL(type: string, quality: number): string;
}

export class CanvasEncoder implements Encoder {
  readonly #frame = canvas();
  readonly #picture = canvas();

  encode(frame: Frame, width: number, height: number): Uint8Array {
    fit(this.#frame, frame.width, frame.height);
    const paint = this.#frame.getContext("2d");
    const pixels = paint.createImageData(frame.width, frame.height);
    if (frame.data.byteLength !== pixels.data.length) throw new RangeError("not the pixels of such a frame");
    pixels.data.set(new Uint8ClampedArray(frame.data));
    paint.putImageData(pixels, 0, 0);
    const asItIs = frame.width === width && frame.height === height && !FRAMES_ARE_MIRRORED;
    return fileOf(asItIs ? this.#frame : this.#drawn(width, height));
  }

  #drawn(width: number, height: number): Canvas {
    fit(this.#picture, width, height);
    const paint = this.#picture.getContext("2d");
    if (FRAMES_ARE_MIRRORED) paint.setTransform(-1, 0, 0, 1, width, 0);
    else paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.drawImage(this.#frame, 0, 0, width, height);
    return this.#picture;
  }
}

function canvas(): Canvas {
  return wx.createOffscreenCanvas({ type: "2d", width: 2, height: 2 }) as unknown as Canvas;
}

function fit(made: Canvas, width: number, height: number): void {
  if (made.width === width && made.height === height) return;
  made.width = width;
  made.height = height;
}

function fileOf(drawn: Canvas): Uint8Array {
  for (const quality of QUALITIES) {
    const told = drawn.toDataURL("image/jpeg", quality);
    if (!told.startsWith(HEAD)) throw new Error("the platform encodes no JPEG");
    const file = new Uint8Array(wx.base64ToArrayBuffer(told.slice(HEAD.length)));
    if (file.length <= LARGEST_BYTES) return file;
  }
  throw new RangeError("too large a picture");
}
