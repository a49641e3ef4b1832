/** The API over wx.request. */
import { Unreachable, type Reply, type Request, type Transport } from "@/api/ports";

const TIMEOUT_MS = 30_000;

export class WxTransport implements Transport {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  carry(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      wx.request<ArrayBuffer>({
        url: this.#origin + request.path,
        method: request.method as "GET",
        header: { ...request.headers, ...typeOf(request) },
        ...(request.body === null ? {} : { data: sendable(request.body.data) }),
        responseType: "arraybuffer",
        timeout: TIMEOUT_MS,
        success: ({ statusCode, header, data }) => resolve(replyOf(statusCode, header, data)),
        fail: () => reject(new Unreachable()),
      });
    });
  }
}

function typeOf(request: Request): Record<string, string> {
  return request.body === null ? {} : { "Content-Type": request.body.type };
}

/** The platform takes text and buffers, and no views of buffers. */
function sendable(data: unknown): string | ArrayBuffer {
  return data instanceof Uint8Array ? data.slice().buffer : String(data);
}

function replyOf(status: number, header: Record<string, unknown>, data: ArrayBuffer): Reply {
  const told = new Map(Object.entries(header).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const bytes = new Uint8Array(data);
  return {
    status,
    header: (name) => told.get(name.toLowerCase()) ?? null,
    json: () => Promise.resolve(JSON.parse(textOf(bytes)) as unknown),
    bytes: () => Promise.resolve(bytes),
  };
}

/** UTF-8, where there is no TextDecoder. */
function textOf(bytes: Uint8Array): string {
  let escaped = "";
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  return decodeURIComponent(escaped);
}
