/** What a screen does when a call is refused: to the face and back, or words. */
import { computed, type Ref } from "vue";
import { useRouter, type Router } from "vue-router";
import { Problem } from "@/api/problem";
import { useActing } from "@/ui/acting";
import { wordsFor } from "@/ui/failures";

const WISH = "zero-run.wish";

/** Whether the server wants a face first: nobody is signed in, or too long ago. */
export function wantsFace(failure: unknown): failure is Problem {
  return failure instanceof Problem && failure.status === 401;
}

/** Leads to the face and from there back to a path. */
export function toFace(router: Router, failure: Problem, back: string): void {
  const level = String(failure.told["acr_values"] ?? "face:L1").replace(/^face:/u, "");
  void router.push({ path: "/face", query: { back, level } });
}

/** What the person was about to do goes on after the face: kept for this window, read once. */
export function wish(name: string): void {
  sessionStorage.setItem(WISH, name);
}

export function wished(): string {
  const name = sessionStorage.getItem(WISH) ?? "";
  sessionStorage.removeItem(WISH);
  return name;
}

export interface Attempts {
  readonly busy: Ref<boolean>;
  readonly words: Ref<string>;
  /** Runs it; a refusal becomes words or leads to the face. Whether it was done. */
  run(work: () => Promise<void>, goOn?: string): Promise<boolean>;
}

/** For the screen at a path; `goOn` names what is taken up again after the face. */
export function useAttempts(path: () => string): Attempts {
  const router = useRouter();
  let next = "";
  const { busy, failure, run } = useActing((refused) => {
    if (!wantsFace(refused)) return false;
    if (next !== "") wish(next);
    toFace(router, refused, path());
    return true;
  });
  const words = computed(() => (failure.value === null ? "" : wordsFor(failure.value)));
  return {
    busy,
    words,
    run(work, goOn = "") {
      if (!busy.value) next = goOn;
      return run(work);
    },
  };
}
