/** What screens have in common that ask the API: one act at a time, and looking again. */
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from "vue";
import { Problem } from "@/api/problem";
import { Poller, type Next, type Pace, type Timers } from "./polling";

const TIMERS: Timers = {
  later: (work, ms) => window.setTimeout(work, ms),
  cancel: (timer) => window.clearTimeout(timer as number),
};

export interface Acting {
  readonly busy: Ref<boolean>;
  readonly failure: Ref<unknown>;
  /** Whether it succeeded; while another is under way nothing is begun. */
  run(work: () => Promise<void>): Promise<boolean>;
}

/** Whether a failure was taken care of, by leading elsewhere; it is shown to nobody then. */
export type Elsewhere = (failure: unknown) => boolean;
const nowhere: Elsewhere = () => false;

/** One act at a time; what is refused is kept to be shown. */
export function useActing(elsewhere: Elsewhere = nowhere): Acting {
  const busy = ref(false);
  const failure = shallowRef<unknown>(null);

  async function run(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failure.value = null;
    try {
      await work();
      return true;
    } catch (refused) {
      if (!elsewhere(refused)) failure.value = refused;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, failure, run };
}

export interface Watching {
  /** Why the last look failed; null: it did not. */
  readonly trouble: Ref<unknown>;
  /** Milliseconds since 1970 of the last look that did not. */
  readonly seen: Ref<number | null>;
  /** Look now. */
  again(): void;
}

/** Looks again while the screen is seen, and at once when somebody comes back or the network does. */
export function usePolling(look: () => Promise<Next>, pace: Pace, elsewhere: Elsewhere = nowhere): Watching {
  const trouble = shallowRef<unknown>(null);
  const seen = ref<number | null>(null);
  const poller = new Poller({
    look: async () => {
      const next = await look();
      trouble.value = null;
      seen.value = Date.now();
      return next;
    },
    failed: (failure) => {
      if (elsewhere(failure)) poller.stop();
      else trouble.value = failure;
      return failure instanceof Problem ? failure.retryAfter : null;
    },
    pace,
    timers: TIMERS,
    chance: Math.random,
  });
  const shown = (): void => (document.visibilityState === "visible" ? poller.wake() : poller.sleep());
  const again = (): void => {
    poller.start();
    poller.wake();
  };
  onMounted(() => {
    document.addEventListener("visibilitychange", shown);
    window.addEventListener("online", again);
    poller.start();
  });
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", shown);
    window.removeEventListener("online", again);
    poller.stop();
  });
  return { trouble, seen, again };
}
