/** What a person reads when a call fails: the server's own words, or that there is no server. */
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import { COMMON } from "@/texts/common";
import { t } from "./settings";

export function wordsFor(failure: unknown): string {
  if (failure instanceof Unreachable) return t(COMMON.unreachable);
  if (!(failure instanceof Problem)) return t(COMMON.failed);
  if (failure.status === 503 && failure.retryAfter !== null) {
    return t(COMMON.busy, { seconds: failure.retryAfter });
  }
  return failure.detail || t(COMMON.failed);
}
