/** What the desk's screens have in common: acting, looking again, keeping a form over a reload. */
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from "vue";
import { Problem } from "@/api/problem";
import { Poller, type Next, type Pace, type Timers } from "@/m/booking/polling";

const TIMERS: Timers = {
  later: (work, ms) => window.setTimeout(work, ms),
  cancel: (timer) => window.clearTimeout(timer as number),
};

export interface Acting {
  readonly busy: Ref<boolean>;
  readonly failure: Ref<unknown>;
  run(work: () => Promise<void>): Promise<boolean>;
}

/** One act at a time; what is refused is kept for `Refusal.vue`. */
export function useActing(): Acting {
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
      failure.value = refused;
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
  again(): void;
}

/** Looks again while the screen is seen, and at once when somebody comes back or the network does. */
export function usePolling(look: () => Promise<Next>, pace: Pace): Watching {
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
      trouble.value = failure;
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

/** A form of this tab, as it was before a reload; nothing personal belongs into it. */
export function useKept<T extends object>(name: string, empty: T): Ref<T> {
  const key = `zero-run.desk.${name}`;
  const kept = ref(read(key, empty)) as Ref<T>;
  watch(kept, (form) => sessionStorage.setItem(key, JSON.stringify(form)), { deep: true });
  return kept;
}

function read<T extends object>(key: string, empty: T): T {
  try {
    const told: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return typeof told === "object" && told !== null ? { ...empty, ...told } : { ...empty };
  } catch {
    return { ...empty };
  }
}
