/** Encodes pictures beside the page, so that neither prompts nor colours wait for it. */
import { encodedOffscreen, type Asked, type Made } from "./encoding";

const canvas = new OffscreenCanvas(1, 1);
let last: Promise<unknown> = Promise.resolve();

self.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  // One after the other: they share the canvas.
  last = last.then(() => answer(data));
});

async function answer(asked: Asked): Promise<void> {
  const jpeg = await encodedOffscreen(canvas, asked).catch(() => null);
  const made: Made = { id: asked.id, jpeg };
  (self as unknown as Worker).postMessage(made, jpeg === null ? [] : [jpeg]);
}
