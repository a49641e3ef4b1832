/** What a cashier reads and does when something is refused: words, and one of five actions. */
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import type { Action } from "@/api/till";
import { Malformed } from "@/codes/malformed";
import { PieceRefused } from "@/codes/revocations";
import { TILL, VERDICTS } from "@/texts/till";
import type { Pair } from "@/texts/texts";
import { wordsFor } from "@/ui/failures";
import { t } from "@/ui/settings";
import { NotServed } from "./desk";
import { StillOpen } from "./once";

export interface Refusal {
  /** Stable; what is told to the operator. */
  readonly code: string;
  readonly action: Action;
  readonly words: string;
}

const ACTIONS: readonly string[] = ["RESCAN", "RETRY", "QUERY", "CANCEL", "CONTACT"];
const NO_ANSWER = [0, 401, 429];

export function refusalOf(failure: unknown): Refusal {
  if (failure instanceof StillOpen) return own("NO_ANSWER", "QUERY", TILL.stillOpen);
  if (failure instanceof NotServed) {
    const [action, words] = VERDICTS[failure.reason];
    return own(failure.reason, action, words);
  }
  if (failure instanceof Unreachable) return own("UNREACHABLE", "RETRY", TILL.unreachable);
  if (failure instanceof PieceRefused || failure instanceof Malformed) return own("LIST_REFUSED", "CONTACT", TILL.listRefused);
  if (!(failure instanceof Problem)) return { code: "FAILED", action: "CONTACT", words: wordsFor(failure) };
  if (failure.code === "INVALID_CLIENT") return own(failure.code, "CONTACT", TILL.stopped);
  const told = failure.told["action"];
  const passes = NO_ANSWER.includes(failure.status) || failure.status >= 500;
  const action = ACTIONS.includes(String(told)) ? (told as Action) : passes ? "RETRY" : "CONTACT";
  return { code: failure.code, action, words: wordsFor(failure) };
}

export function own(code: string, action: Action, words: Pair): Refusal {
  return { code, action, words: t(words) };
}
