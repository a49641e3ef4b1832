/**
 * The code on the screen: fetched while there is a network, made here while there is none, renewed
 * before it ends. One timer; whoever leaves the screen stops it.
 */
import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import type { Purpose } from "@/api/card";
import { Unreachable } from "@/api/ports";
import { isDue, leftOf, shareOf, type Countdown } from "@/codes/countdown";
import { MINUTE_S } from "@/codes/offline";
import { pictureAddress, qrSvg } from "@/codes/picture";
import { NoCodesLeft } from "@/device/wallet";
import type { Holding } from "./holding";

const TICK_MS = 250;
/** Offline codes are few: after so many in a row the person says whether to go on. */
const IN_A_ROW = 5;
const TRY_ONLINE_MS = 15_000;

export interface ShownCode {
  readonly offline: boolean;
  /** Addresses of pictures; no bar code where there are no digits. */
  readonly qr: string;
  readonly bars: string;
  readonly digits: string;
  readonly countdown: Countdown;
}

export type Trouble = { readonly kind: "empty" | "mandate" | "paused" } | { readonly kind: "refused"; readonly why: unknown };

export function useShowing(holding: () => Promise<Holding>, purpose: () => Purpose, mandate: string | null) {
  const shown = shallowRef<ShownCode | null>(null);
  const trouble = shallowRef<Trouble | null>(null);
  const now = ref(performance.now());
  let turn = 0;
  let made = 0;
  let working = false;
  let triedOnline = 0;

  const seconds = computed(() => Math.ceil((shown.value === null ? 0 : leftOf(shown.value.countdown, now.value)) / 1000));
  const share = computed(() => (shown.value === null ? 0 : shareOf(shown.value.countdown, now.value)));

  /** A new code; what was asked for in between makes an answer that comes late count no more. */
  async function renew(): Promise<void> {
    const mine = ++turn;
    working = true;
    try {
      const next = await fetchedOrMade();
      if (mine !== turn) return;
      shown.value = next;
      trouble.value = null;
    } catch (failure) {
      if (mine !== turn) return;
      shown.value = null;
      trouble.value = troubleOf(failure);
    } finally {
      if (mine === turn) working = false;
      now.value = performance.now();
    }
  }

  async function fetchedOrMade(): Promise<ShownCode> {
    const own = await holding();
    const begun = performance.now();
    try {
      triedOnline = begun;
      const { code, qr_svg, code128_svg, refresh_after_s } = await own.api.code(purpose(), mandate);
      made = 0;
      const countdown = { begun, life: refresh_after_s * 1000 };
      return { offline: false, qr: pictureAddress(qr_svg), bars: pictureAddress(code128_svg), digits: code, countdown };
    } catch (failure) {
      if (!(failure instanceof Unreachable)) throw failure;
      if (mandate !== null) throw new Stopped("mandate");
      if (made >= IN_A_ROW) throw new Stopped("paused");
      return madeHere(own);
    }
  }

  async function madeHere(own: Holding): Promise<ShownCode> {
    const qr = pictureAddress(qrSvg(await own.wallet.show(purpose())));
    made += 1;
    const left = MINUTE_S * 1000 - (Date.now() % (MINUTE_S * 1000));
    return { offline: true, qr, bars: "", digits: "", countdown: { begun: performance.now(), life: left } };
  }

  /** Asked for by the person: a row of offline codes begins anew. */
  async function again(): Promise<void> {
    made = 0;
    await renew();
  }

  function stop(): void {
    turn += 1;
    working = false;
    clearInterval(timer);
    shown.value = null;
  }

  function tick(): void {
    now.value = performance.now();
    if (working || document.visibilityState !== "visible") return;
    const code = shown.value;
    if (code !== null && (code.offline ? leftOf(code.countdown, now.value) <= 0 : isDue(code.countdown, now.value))) {
      void renew();
    } else if (trouble.value?.kind === "paused" && navigator.onLine && now.value - triedOnline > TRY_ONLINE_MS) {
      void renew();
    }
  }

  const cameOnline = (): void => void renew();
  const timer = setInterval(tick, TICK_MS);
  window.addEventListener("online", cameOnline);
  onBeforeUnmount(() => {
    stop();
    window.removeEventListener("online", cameOnline);
  });
  return { shown, trouble, seconds, share, renew, again, stop };
}

class Stopped extends Error {
  readonly kind: "mandate" | "paused";

  constructor(kind: "mandate" | "paused") {
    super(kind);
    this.kind = kind;
  }
}

function troubleOf(failure: unknown): Trouble {
  if (failure instanceof NoCodesLeft) return { kind: "empty" };
  if (failure instanceof Stopped) return { kind: failure.kind };
  return { kind: "refused", why: failure };
}
