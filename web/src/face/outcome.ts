/** What a person reads when a verification did not end well, whatever the reason. */
import { Problem } from "@/api/problem";
import { ADVICE, FACE } from "@/texts/face";
import type { Filling, Pair } from "@/texts/texts";
import type { Ended } from "./directing";
import { CameraRefused, type CameraFault } from "./faults";
import { Interrupted, UnsafeLight } from "./filming";

/** How the platform says things, in the person's language. */
export interface Wording {
  readonly t: (pair: Pair, filling?: Filling) => string;
  /** Of a failed call. */
  readonly wordsFor: (failure: unknown) => string;
}

const FAULTS: Readonly<Record<CameraFault, Pair>> = {
  denied: FACE.allowCamera,
  missing: FACE.noCamera,
  busy: FACE.cameraBusy,
  insecure: FACE.cameraInsecure,
  lost: FACE.cameraLost,
};
const ENDED = new Set(["VERIFICATION_EXPIRED", "VERIFICATION_ENDED"]);

/** Of a session the server ended without a pass. */
export function adviceFor({ answer, keptUp }: Ended, { t }: Pick<Wording, "t">): string {
  // The server sees a broken film; only the device knows that it was too busy to take it.
  if (!keptUp && answer.retry_code === "REJECTED_PROTOCOL") return t(FACE.slow);
  const advice = ADVICE[answer.retry_code ?? ""];
  return advice === undefined ? (answer.hint ?? t(FACE.failed)) : t(advice);
}

/** Of one that did not come to an end. */
export function wordsForBreak(failure: unknown, { t, wordsFor }: Wording): string {
  if (failure instanceof CameraRefused) return t(FAULTS[failure.fault]);
  if (failure instanceof Interrupted) return t(FACE.hidden);
  if (failure instanceof UnsafeLight) return t(FACE.unsafe);
  if (failure instanceof Problem) {
    if (failure.status === 429 && failure.retryAfter !== null) {
      return t(FACE.paused, { minutes: Math.max(1, Math.ceil(failure.retryAfter / 60)) });
    }
    if (ENDED.has(failure.code)) return t(FACE.expired);
  }
  return wordsFor(failure);
}
