/** A form that is kept over a reload. */
import { ref, watch, type Ref } from "vue";

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
