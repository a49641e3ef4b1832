/** What a receipt states, for its holder to read; whether it is genuine, the public check says. */
import { fromBase64url } from "@/api/base64url";

export interface Stated {
  readonly jti: string;
  readonly ended_at: number;
  readonly outcome: "PASSED" | "FAILED";
  readonly level?: string;
  readonly variant: string;
  readonly steps: readonly string[];
}

/** The claims of a compact JWS; null where it is none. */
export function stated(receipt: string): Stated | null {
  try {
    const [, body = ""] = receipt.split(".");
    return JSON.parse(new TextDecoder().decode(fromBase64url(body))) as Stated;
  } catch {
    return null;
  }
}
