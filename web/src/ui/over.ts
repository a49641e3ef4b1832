/** What lies over a screen: the back button takes that away first, and the screen stays. */
import { onBeforeUnmount, watch, type Ref } from "vue";

const over: (() => void)[] = [];

/** Note what lies over everything else now, by how it is taken away; answers with how to forget it. */
export function liesOver(away: () => void): () => void {
  over.push(away);
  return () => {
    const at = over.lastIndexOf(away);
    if (at >= 0) over.splice(at, 1);
  };
}

/** Take away what lies on top; false: there is nothing but the screen. */
export function takenAway(): boolean {
  const away = over.pop();
  away?.();
  return away !== undefined;
}

/** While it is shown, the back button hides it. */
export function useOver(shown: Ref<boolean>): void {
  let forget: (() => void) | null = null;
  const end = (): void => {
    forget?.();
    forget = null;
  };
  watch(
    shown,
    (is) => {
      end();
      if (is) forget = liesOver(() => (shown.value = false));
    },
    { immediate: true },
  );
  onBeforeUnmount(end);
}

/**
 * A guard for a router: going back takes away what lies over the screen, going on does not.
 *
 * Made before the router's history, so that a step back is heard here first: listeners of a window
 * are called in the order they came.
 */
export function heedingBack(page: EventTarget = window): () => boolean {
  let back = false;
  page.addEventListener("popstate", () => {
    back = true;
    setTimeout(() => (back = false));
  });
  return () => !(back && takenAway());
}
