/**
 * Reads printed and shown codes: with the browser's own reader where it has one, else with one that
 * is served from here as WebAssembly. Fetched at first use; it is larger than a page.
 */
import { BarcodeDetector as Ours, prepareZXingModule, type BarcodeFormat } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export type CodeFormat = Extract<BarcodeFormat, "qr_code" | "ean_13" | "ean_8" | "code_128">;
export type Picture = HTMLVideoElement | HTMLCanvasElement | ImageBitmap | ImageData | Blob;

/** What every code in a picture says. */
export type ReadCodes = (picture: Picture) => Promise<string[]>;

interface Detector {
  detect(picture: Picture): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorKind {
  new (options: { formats: CodeFormat[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

export async function codeReader(formats: CodeFormat[]): Promise<ReadCodes> {
  const detector = await made(formats);
  return async (picture) => (await detector.detect(picture)).map((code) => code.rawValue);
}

async function made(formats: CodeFormat[]): Promise<Detector> {
  const own = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  const known = (await own?.getSupportedFormats().catch(() => [])) ?? [];
  if (own !== undefined && formats.every((format) => known.includes(format))) return new own({ formats });
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return new Ours({ formats }) as Detector;
}
