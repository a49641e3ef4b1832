/** How the screens come to the counter. */
import { inject, type InjectionKey } from "vue";
import type { Counter } from "./counter";

export const COUNTER: InjectionKey<Counter> = Symbol("counter");

export function useCounter(): Counter {
  const counter = inject(COUNTER);
  if (counter === undefined) throw new Error("no counter");
  return counter;
}
