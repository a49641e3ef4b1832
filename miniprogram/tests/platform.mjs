/** The vendor's platform as far as the mini-program uses it, and a server that answers by its path. */
import { webcrypto } from "node:crypto";
import { FakeCamera, FakeCanvas } from "./camera.mjs";

export class Platform {
  constructor(answers = {}, { camera = new FakeCamera(), mayFilm = true, opened = [] } = {}) {
    this.answers = answers;
    this.camera = camera;
    this.mayFilm = mayFilm;
    this.brightness = 0.4;
    this.awake = false;
    this.settings = 0;
    /** Pages below the one that is shown. */
    this.opened = opened;
    this.asked = [];
    this.stored = new Map();
    this.visited = [];
  }

  /** What `wx` is. */
  get wx() {
    return {
      getStorageSync: (key) => this.stored.get(key) ?? "",
      setStorageSync: (key, text) => void this.stored.set(key, text),
      removeStorageSync: (key) => void this.stored.delete(key),
      getRandomValues: ({ length, success }) =>
        success({ randomValues: webcrypto.getRandomValues(new Uint8Array(length)).buffer }),
      navigateTo: ({ url }) => void this.visited.push(url),
      redirectTo: ({ url }) => void this.visited.push(`instead: ${url}`),
      reLaunch: ({ url }) => void this.visited.push(`only: ${url}`),
      navigateBack: () => void this.visited.push("back"),
      authorize: ({ success, fail }) => (this.mayFilm ? success({}) : fail({ errMsg: "authorize:fail auth deny" })),
      openSetting: () => void (this.settings += 1),
      createCameraContext: () => this.camera.context,
      createOffscreenCanvas: (size) => new FakeCanvas(size),
      base64ToArrayBuffer: (text) => new Uint8Array(Buffer.from(text, "base64")).buffer,
      setKeepScreenOn: ({ keepScreenOn }) => void (this.awake = keepScreenOn),
      getScreenBrightness: ({ success }) => success({ value: this.brightness }),
      setScreenBrightness: ({ value }) => void (this.brightness = value),
      vibrateShort: () => undefined,
      request: (request) => this.#answer(request),
    };
  }

  /** What `getCurrentPages` tells: those below, and the one shown. */
  get pages() {
    return [...this.opened, "shown"].map((name) => ({ route: `pages/${name}/index` }));
  }

  #answer(request) {
    const url = new URL(request.url);
    this.asked.push({ ...request, path: url.pathname });
    const answer = this.answers[`${request.method} ${url.pathname}`];
    if (answer === undefined) return void request.fail({ errMsg: "request:fail" });
    const { status = 200, json = {}, header = {} } = typeof answer === "function" ? answer(request) : answer;
    const data = new TextEncoder().encode(JSON.stringify(json)).buffer;
    queueMicrotask(() => request.success({ statusCode: status, header, data }));
  }
}
