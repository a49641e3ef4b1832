/** What the server answers when it refuses (RFC 9457, application/problem+json). */
import type { Reply } from "./ports";

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** Stable; docs/errors.md lists them all. */
  readonly code: string;
  /** For the person, in the language that was asked for. */
  readonly detail: string;
  /** Seconds, where the server says when to come again. */
  readonly retryAfter: number | null;
  /** Everything else it told: `action`, `cashier_text`, `errors`, `acr_values` … */
  readonly told: Readonly<Record<string, unknown>>;

  constructor(status: number, told: Record<string, unknown>, retryAfter: number | null) {
    super(String(told["code"] ?? status));
    this.status = status;
    this.code = String(told["code"] ?? told["error"] ?? `HTTP_${status}`);
    this.detail = String(told["detail"] ?? told["title"] ?? told["error_description"] ?? "");
    this.retryAfter = retryAfter;
    this.told = told;
  }

  static async of(reply: Reply): Promise<Problem> {
    const after = Number.parseInt(reply.header("Retry-After") ?? "", 10);
    return new Problem(reply.status, await membersOf(reply), Number.isNaN(after) ? null : after);
  }
}

async function membersOf(reply: Reply): Promise<Record<string, unknown>> {
  try {
    const told = await reply.json();
    return typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
  } catch {
    return {}; // a proxy's page; the status says enough
  }
}
