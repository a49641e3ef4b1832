/** What screens share that ask the API: one question at a time, its failure, lists that grow. */
import { ref, shallowRef, type Ref } from "vue";
import type { Page } from "@/api/card";
import { Problem } from "@/api/problem";

export interface Asking {
  readonly busy: Ref<boolean>;
  readonly failure: Ref<unknown>;
  /** Whether it succeeded; while another is under way nothing is begun. */
  run(work: () => Promise<void>): Promise<boolean>;
}

export function useAsking(): Asking {
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

export interface Growing<T> extends Asking {
  readonly items: Ref<readonly T[]>;
  readonly known: Ref<boolean>;
  readonly more: Ref<boolean>;
  load(): Promise<boolean>;
}

/** A list that is read page by page. */
export function useGrowing<T>(fetch: (cursor: string | null) => Promise<Page<T>>): Growing<T> {
  const asking = useAsking();
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
