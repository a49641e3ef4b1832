/** Lists that grow, and what a refusal wants first. */
import { ref, shallowRef, type Ref } from "vue";
import type { Page } from "@/api/card";
import { Problem } from "@/api/problem";
import { useActing, type Acting } from "@/ui/acting";

export interface Growing<T> extends Acting {
  readonly items: Ref<readonly T[]>;
  readonly known: Ref<boolean>;
  readonly more: Ref<boolean>;
  load(): Promise<boolean>;
}

/** A list that is read page by page. */
export function useGrowing<T>(fetch: (cursor: string | null) => Promise<Page<T>>): Growing<T> {
  const asking = useActing();
  const items = shallowRef<readonly T[]>([]);
  const known = ref(false);
  const more = ref(false);
  let cursor: string | null = null;

  const load = (): Promise<boolean> =>
    asking.run(async () => {
      const page = await fetch(cursor);
      items.value = [...items.value, ...page.items];
      cursor = page.next ?? null;
      more.value = cursor !== null;
      known.value = true;
    });

  return { ...asking, items, known, more, load };
}

/** The level of face the server wants first; null where the failure is another. */
export function faceWanted(failure: unknown): string | null {
  if (!(failure instanceof Problem) || failure.status !== 401) return null;
  return levelOf(failure.told["acr_values"]);
}

/** `face:L2` as the server writes it; the lowest where it names none. */
export function levelOf(acr: unknown): string {
  return /^face:(L\d)$/u.exec(String(acr))?.[1] ?? "L1";
}

/** Seconds after which asking again makes sense; null where the server did not say. */
export function waitOf(failure: unknown): number | null {
  if (!(failure instanceof Problem) || ![429, 503].includes(failure.status)) return null;
  return failure.retryAfter === null ? null : Math.max(1, failure.retryAfter);
}
