/** What the screens of booking have in common: the API, the server's clock, acting, looking again. */
import { onBeforeUnmount, ref, type Ref } from "vue";
import { useRoute, useRouter } from "vue-router";
import { BookingApi } from "@/api/booking";
import { CardApi } from "@/api/card";
import { Problem } from "@/api/problem";
import { useActing as act, usePolling as poll, type Acting, type Elsewhere, type Watching } from "@/ui/acting";
import type { Next, Pace } from "@/ui/polling";
import { toFace, wantsFace } from "../stepping";
import { system } from "../system";
import { ServerClock } from "./countdown";

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

/** Leads to the face and back where the server wants one first. */
function useFace(): Elsewhere {
  const router = useRouter();
  const route = useRoute();
  return (failure) => {
    if (!wantsFace(failure)) return false;
    toFace(router, failure, route.fullPath);
    return true;
  };
}

/** One act at a time; what is refused is kept for `Refusal.vue`, or leads to the face and back. */
export function useActing(): Acting {
  return act(useFace());
}

export function usePolling(look: () => Promise<Next>, pace: Pace): Watching {
  return poll(look, pace, useFace());
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
