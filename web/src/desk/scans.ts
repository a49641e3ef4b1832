/**
 * The hand scanner: heard on every screen. A screen that wants codes says so; otherwise they are
 * for checking in.
 */
import { onBeforeUnmount, onMounted, ref } from "vue";
import { Wedge } from "@/device/wedge";

type Taker = (code: string) => void;

/** A code that was scanned elsewhere and waits for the check-in screen. */
export const waitingCode = ref<string | null>(null);
const takers: Taker[] = [];

/** Codes go to this screen while it is shown. */
export function useScans(take: Taker): void {
  onMounted(() => takers.push(take));
  onBeforeUnmount(() => takers.splice(takers.indexOf(take), 1));
}

/** Listen for good. `elsewhere` leads to the check-in screen. */
export function listen(elsewhere: () => void): void {
  const wedge = new Wedge();
  // Before the fields: a scanner's Enter must not press the button that has the focus.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const code = wedge.take({ key: event.key, at: event.timeStamp });
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (code === null) {
        if (wedge.held > 1 && !typing) event.preventDefault();
        return;
      }
      if (typing && !event.target.matches("[data-codes]")) return; // a field's own business
      event.preventDefault();
      event.stopPropagation();
      const taker = takers.at(-1);
      if (taker !== undefined) return taker(code);
      waitingCode.value = code;
      elsewhere();
    },
    true,
  );
}
