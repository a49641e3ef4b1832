/** What lies between the pages and the platform. */
import jpeg from "jpeg-js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Camera, TooOld } from "../src/device/camera";
import { now } from "../src/device/clock";
import { CanvasEncoder } from "../src/device/encoding";
import { Lamp } from "../src/device/lamp";
import { placeOf } from "../src/device/sign_in";
import { clock, when } from "../src/when";
import { FakeCamera } from "./camera.mjs";
import { clockOfTest } from "./faces.mjs";
import { Platform } from "./platform.mjs";

let phone;
beforeEach(() => {
  clockOfTest();
  phone = new Platform();
  globalThis.wx = { ...phone.wx };
});
afterEach(() => vi.useRealTimers());

/** Red at the left, blue at the right. */
function frame(width, height) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) data.set(at % width < width / 2 ? [250, 0, 0, 255] : [0, 0, 250, 255], at * 4);
  return { width, height, data: data.buffer };
}
const pixel = ({ width, data }, x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)].map((value) => (value > 128 ? 1 : 0));

it("a frame becomes a JPEG of the size that is asked for, not turned", () => {
  for (const [from, width, height] of [[frame(48, 64), 48, 64], [frame(128, 72), 64, 36]]) {
    const made = jpeg.decode(new CanvasEncoder().encode(from, width, height));
    expect([made.width, made.height]).toEqual([width, height]);
    expect([pixel(made, 2, 5), pixel(made, width - 3, 5)]).toEqual([[1, 0, 0], [0, 0, 1]]);
  }
});

it("what is no whole frame, or no JPEG, or too large a file is no picture", () => {
  const encoder = new CanvasEncoder();
  expect(() => encoder.encode({ ...frame(8, 8), width: 9 }, 8, 8)).toThrow(RangeError);
  const canvas = (told) => () => ({ width: 8, height: 8, getContext: () => ({ createImageData: () => ({ data: new Uint8ClampedArray(256) }), putImageData: () => undefined }), toDataURL: told });
  globalThis.wx.createOffscreenCanvas = canvas(() => "data:image/png;base64,AAAA");
  expect(() => new CanvasEncoder().encode(frame(8, 8), 8, 8)).toThrow("no JPEG");
  const large = Buffer.alloc(600 * 1024).toString("base64");
  globalThis.wx.createOffscreenCanvas = canvas((_, quality) => `data:image/jpeg;base64,${quality > 0.7 ? large : "AAAA"}`);
  expect(new CanvasEncoder().encode(frame(8, 8), 8, 8)).toHaveLength(3);
  globalThis.wx.createOffscreenCanvas = canvas(() => `data:image/jpeg;base64,${large}`);
  expect(() => new CanvasEncoder().encode(frame(8, 8), 8, 8)).toThrow("too large");
});

it("frames that waited while one was encoded are not taken for new ones", async () => {
  let told;
  phone.camera.context.onCameraFrame = undefined;
  globalThis.wx.createCameraContext = () => ({ onCameraFrame: (telling) => ({ start: () => (told = telling), stop: () => undefined }) });
  const slow = { encode: () => (vi.setSystemTime(Date.now() + 100), Uint8Array.of(1)) };
  const camera = new Camera(slow);
  camera.open();
  const taken = [];
  camera.take(({ t_ms }) => taken.push(t_ms));
  for (let n = 0; n < 3; n += 1) told(frame(4, 4)); // at one go: two of them are old
  await vi.advanceTimersByTimeAsync(5);
  told(frame(4, 4));
  expect(taken).toHaveLength(2);
});

it("a camera whose frames cannot be encoded is told as an old platform's", async () => {
  const camera = new Camera({ encode: () => { throw new Error("no JPEG"); } });
  camera.open();
  const warm = expect(camera.warmUp()).rejects.toBeInstanceOf(TooOld);
  await vi.advanceTimersByTimeAsync(4000);
  await warm;
  camera.close();
  globalThis.wx.createCameraContext = () => ({});
  expect(() => new Camera({}).open()).toThrow(TooOld);
});

it("a slow camera gets smaller pictures between steps", async () => {
  const sizes = [];
  phone.camera = new FakeCamera();
  phone.camera.frame = () => ({ width: 480, height: 640, data: new ArrayBuffer(0) });
  const camera = new Camera({ encode: (_, width, height) => (sizes.push([width, height]), vi.setSystemTime(Date.now() + 120), Uint8Array.of(1)) });
  camera.open();
  const warm = camera.warmUp();
  await vi.advanceTimersByTimeAsync(4000);
  await warm;
  camera.close();
  expect(sizes[0]).toEqual([480, 640]);
  expect(camera.told).toEqual({ width: 360, height: 480, fps: 15 });
});

it("no picture of light follows another sooner than is safe, however slow the screen was", async () => {
  const drawn = [];
  const delays = [200, 0, 150, 0, 0];
  const lamp = new Lamp(async (picture) => {
    await new Promise((done) => setTimeout(done, delays[drawn.length] ?? 0));
    drawn.push([now(), picture?.first]);
  });
  const segments = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"].map((first) => ({ pattern: "full", first, second: first }));
  const playing = lamp.play(segments, 400);
  await vi.advanceTimersByTimeAsync(3000);
  const [first] = drawn[0];
  expect(await playing).toBe(first);
  expect(drawn.map(([, colour]) => colour)).toEqual(segments.map(({ first: colour }) => colour));
  const gaps = drawn.slice(1).map(([at], n) => at - drawn[n][0]);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(334);
  expect(Math.abs(drawn[3][0] - first - 1200)).toBeLessThanOrEqual(100);
});

it("a lamp that was put out shows nothing more", async () => {
  const drawn = [];
  const lamp = new Lamp(async (picture) => void drawn.push(picture?.first ?? "off"));
  await lamp.play(["#ff0000", "#00ff00"].map((first) => ({ pattern: "full", first, second: first })), 400);
  lamp.off();
  await vi.advanceTimersByTimeAsync(2000);
  expect(drawn).toEqual(["#ff0000", "off"]);
});

it("the clock does not go back when the phone's is set", () => {
  const before = now();
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(now()).toBe(before);
  vi.setSystemTime(Date.now() + 40);
  expect(now()).toBe(before + 40);
});

it("a place to go back to is one of this app's, encoded or not", () => {
  expect(placeOf("/pages/card/index")).toBe("/pages/card/index");
  expect(placeOf("%2Fpages%2Fcertificates%2Findex%3Ftypes%3Dbirth")).toBe("/pages/certificates/index?types=birth");
  for (const told of ["", "pages/card/index", "/pages/face/index", "//evil", "%E0%A4%A"]) expect(placeOf(told)).toBeNull();
});

it("times are China's, to the minute", () => {
  expect(when("2026-11-30T16:30:00Z")).toBe("2026-12-01 00:30");
  expect(when(0)).toBe("1970-01-01 08:00");
  expect(clock("2026-12-01T01:00:00Z")).toBe("09:00");
});
