/** What the screens of booking have in common: the API, the server's clock, acting, looking again. */
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from "vue";
import { useRoute, useRouter } from "vue-router";
import { BookingApi } from "@/api/booking";
import { CardApi } from "@/api/card";
import { Problem } from "@/api/problem";
import { toFace, wantsFace } from "../stepping";
import { system } from "../system";
import { ServerClock } from "./countdown";
import { Poller, type Next, type Pace, type Timers } from "./polling";

const TIMERS: Timers = {
  later: (work, ms) => window.setTimeout(work, ms),
  cancel: (timer) => window.clearTimeout(timer as number),
};
const SECOND_MS = 1_000;
const clock = new ServerClock(
  () => performance.now(),
  () => Date.now(),
);

export async function booking(): Promise<BookingApi> {
  return new BookingApi((await system()).client, (date) => clock.heard(date));
}

export async function cards(): Promise<CardApi> {
  return new CardApi((await system()).client);
}

/** The server's time, each second. */
export function useNow(): Ref<number> {
  const now = ref(clock.now());
  const timer = window.setInterval(() => {
    now.value = clock.now();
  }, SECOND_MS);
  onBeforeUnmount(() => window.clearInterval(timer));
  return now;
}

export interface Acting {
  readonly busy: Ref<boolean>;
  readonly failure: Ref<unknown>;
  run(work: () => Promise<void>): Promise<boolean>;
}

/** One act at a time; what is refused is kept for `Refusal.vue`, or leads to the face and back. */
export function useActing(): Acting {
  const router = useRouter();
  const route = useRoute();
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
      if (wantsFace(refused)) toFace(router, refused, route.fullPath);
      else failure.value = refused;
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
  /** Look now. */
  again(): void;
}

/** Looks again while the screen is seen, and at once when somebody comes back or the network does. */
export function usePolling(look: () => Promise<Next>, pace: Pace): Watching {
  const router = useRouter();
  const route = useRoute();
  const trouble = shallowRef<unknown>(null);
  const poller = new Poller({
    look: async () => {
      const next = await look();
      trouble.value = null;
      return next;
    },
    failed: (failure) => {
      if (wantsFace(failure)) {
        poller.stop();
        toFace(router, failure, route.fullPath);
      } else {
        trouble.value = failure;
      }
      return failure instanceof Problem ? failure.retryAfter : null;
    },
    pace,
    timers: TIMERS,
    chance: Math.random,
  });
  const seen = (): void => (document.visibilityState === "visible" ? poller.wake() : poller.sleep());
  const again = (): void => {
    poller.start();
    poller.wake();
  };
  onMounted(() => {
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("online", again);
    poller.start();
  });
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("online", again);
    poller.stop();
  });
  return { trouble, again };
}

/** A member of the query or path, if it is one text. */
export function textOf(member: unknown): string | null {
  return typeof member === "string" && member !== "" ? member : null;
}

/** Makes a write happen once: its key is kept until an answer has come, whatever it says. */
export class Once {
  #kept: { readonly what: string; readonly key: string } | null = null;

  async attempt<T>(api: BookingApi, what: string, write: (key: string) => Promise<T>): Promise<T> {
    if (this.#kept?.what !== what) this.#kept = { what, key: api.onceKey() };
    try {
      const told = await write(this.#kept.key);
      this.#kept = null;
      return told;
    } catch (failure) {
      if (failure instanceof Problem && failure.status < 500) this.#kept = null;
      throw failure;
    }
  }
}
