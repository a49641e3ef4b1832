/** The vendor's platform as far as the mini-program uses it, and a server that answers by its path. */
import { webcrypto } from "node:crypto";

export class Platform {
  constructor(answers = {}) {
    this.answers = answers;
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
      request: (request) => this.#answer(request),
    };
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
