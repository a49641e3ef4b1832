/** The API over the browser's fetch. */
import { Unreachable, type Reply, type Request, type Transport } from "@/api/ports";

const TIMEOUT_MS = 30_000;

export class FetchTransport implements Transport {
  async carry(request: Request): Promise<Reply> {
    const reply = await fetch(request.path, {
      method: request.method,
      headers: headersOf(request),
      body: (request.body?.data ?? null) as BodyInit | null,
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => {
      throw new Unreachable();
    });
    return {
      status: reply.status,
      header: (name) => reply.headers.get(name),
      json: () => reply.json(),
      bytes: async () => new Uint8Array(await reply.arrayBuffer()),
    };
  }
}

/** Form data names its own type: with the boundary, which only the browser knows. */
function headersOf(request: Request): Record<string, string> {
  const named = request.body !== null && !(request.body.data instanceof FormData);
  return { ...request.headers, ...(named ? { "Content-Type": request.body?.type ?? "" } : {}) };
}
