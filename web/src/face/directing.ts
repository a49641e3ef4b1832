/** A verification from its opening to the server's word, step by step. */
import type { Client } from "@/api/client";
import { Verification, type Answer, type Claim, type Step } from "@/api/verification";
import { film, type Filming } from "./filming";

export interface Direction extends Filming {
  /** A step begins: its place from 0, and how many there are. */
  readonly begins: (step: Step, count: number) => void;
  /** It is filmed; the server looks. */
  readonly filmed: () => void;
}

export interface Ended {
  readonly answer: Answer;
  /** Whether the camera kept up in every step; if not, that explains more than the server knows. */
  readonly keptUp: boolean;
}

export async function verify(client: Client, claim: Claim, direction: Direction): Promise<Ended> {
  const pause = (seconds: number): Promise<void> => direction.wait(seconds * 1000);
  const verification = await Verification.begin(client, claim, pause);
  let step = verification.first;
  let kept = true;
  for (;;) {
    direction.begins(step, verification.steps);
    const answering = verification.answering(step);
    kept = (await film(step, answering, direction)) && kept;
    direction.filmed();
    const answer = await answering.finish();
    if (answer.status !== "IN_PROGRESS" || !answer.step) return { answer, keptUp: kept };
    step = answer.step;
  }
}
