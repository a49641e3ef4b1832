/** The vendor's camera and canvas, as far as they are used; the JPEG files are real ones. */
import jpeg from "jpeg-js";

/** A camera of thirty frames a second, by the clock of the test; `lit` tells what shines on the face. */
export class FakeCamera {
  constructor({ width = 24, height = 32, lit = () => [128, 128, 128], silent = false } = {}) {
    Object.assign(this, { width, height, lit, silent });
    this.listening = 0;
  }

  frame() {
    const { width, height } = this;
    const data = new Uint8ClampedArray(width * height * 4);
    const [r, g, b] = this.lit();
    for (let at = 0; at < data.length; at += 4) data.set([r, g, b, 255], at);
    return { width, height, data: data.buffer };
  }

  get context() {
    return {
      onCameraFrame: (told) => {
        let timer;
        return {
          start: () => {
            this.listening += 1;
            timer = setInterval(() => !this.silent && told(this.frame()), 1000 / 30);
          },
          stop: () => {
            this.listening -= 1;
            clearInterval(timer);
          },
        };
      },
    };
  }
}

/** A canvas that keeps pixels, and draws them at another size by the nearest of them. */
export class FakeCanvas {
  constructor({ width, height }) {
    Object.assign(this, { width, height, turned: false });
    this.pixels = null;
  }

  getContext() {
    return {
      createImageData: (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }),
      putImageData: ({ data }) => (this.pixels = data.slice()),
      setTransform: (a) => (this.turned = a < 0),
      drawImage: (from, x, y, width, height) => (this.pixels = drawn(from, width, height, this.turned)),
    };
  }

  toDataURL(type, quality) {
    if (type !== "image/jpeg") return "data:image/png;base64,";
    const { width, height, pixels } = this;
    const { data } = jpeg.encode({ width, height, data: Buffer.from(pixels) }, Math.round(quality * 100));
    return `data:image/jpeg;base64,${data.toString("base64")}`;
  }
}

function drawn(from, width, height, turned) {
  const made = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const across = turned ? width - 1 - x : x;
      const source = (Math.floor((y * from.height) / height) * from.width + Math.floor((across * from.width) / width)) * 4;
      made.set(from.pixels.subarray(source, source + 4), (y * width + x) * 4);
    }
  }
  return made;
}
