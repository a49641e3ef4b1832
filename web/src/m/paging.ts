/** A list that grows by pages. */
import { ref, type Ref } from "vue";
import type { Page } from "@/api/card";
import { useAttempts, type Attempts } from "./stepping";

export interface Paging<T> extends Attempts {
  readonly items: Ref<T[]>;
  /** Whether the first page is there. */
  readonly known: Ref<boolean>;
  readonly more: Ref<boolean>;
  load(): Promise<boolean>;
}

export function usePages<T>(path: () => string, fetch: (cursor: string | null) => Promise<Page<T>>): Paging<T> {
  const attempts = useAttempts(path);
  const items = ref([]) as Ref<T[]>;
  const known = ref(false);
  const more = ref(false);
  let cursor: string | null = null;

  const load = (): Promise<boolean> =>
    attempts.run(async () => {
      const page = await fetch(cursor);
      items.value = [...items.value, ...page.items];
      cursor = page.next ?? null;
      more.value = cursor !== null;
      known.value = true;
    });

  return { ...attempts, items, known, more, load };
}
