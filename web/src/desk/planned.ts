/** The sessions of a day that can be chosen; of two days asked for, the last one counts. */
import { ref, shallowRef, watch, type Ref } from "vue";
import type { PlannedSession } from "@/api/desk";
import { counter } from "./session";

export interface PlannedDay {
  /** Null: not known yet. */
  readonly sessions: Ref<readonly PlannedSession[] | null>;
  /** Why they could not be read; null: they were, or are being read. */
  readonly missing: Ref<unknown>;
  load(): Promise<void>;
}

export function usePlannedDay(day: () => string): PlannedDay {
  const sessions = ref<readonly PlannedSession[] | null>(null);
  const missing = shallowRef<unknown>(null);
  let turn = 0;

  async function load(): Promise<void> {
    turn += 1;
    const own = turn;
    sessions.value = null;
    missing.value = null;
    try {
      const told = day() === "" ? [] : await (await counter()).api.day(day());
      if (own === turn) sessions.value = told;
    } catch (failure) {
      if (own === turn) missing.value = failure;
    }
  }

  watch(day, load, { immediate: true });
  return { sessions, missing, load };
}
