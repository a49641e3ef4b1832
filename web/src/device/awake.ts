/** Keeps the screen on while a code is shown, where the browser can. */
import { onBeforeUnmount, onMounted } from "vue";

export function useAwake(): void {
  let held: WakeLockSentinel | null = null;
  let gone = false;

  async function hold(): Promise<void> {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      held = await navigator.wakeLock.request("screen");
      if (gone) await held.release();
    } catch {
      held = null; // low battery; the code is shown all the same
    }
  }

  const again = (): void => void hold();
  onMounted(() => {
    document.addEventListener("visibilitychange", again); // the lock ends when the page is hidden
    void hold();
  });
  onBeforeUnmount(() => {
    gone = true;
    document.removeEventListener("visibilitychange", again);
    void held?.release().catch(() => undefined);
  });
}
