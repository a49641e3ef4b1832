/** From one's name to the server's word: details, camera, outcome. */
import { tidied } from "@/api/citizenNumber";
import type { Segment, Step, Variant } from "@/api/verification";
import type { Ended } from "@/face/directing";
import { entryOf, type Entry } from "@/face/entering";
import { CameraRefused } from "@/face/faults";
import { Interrupted } from "@/face/filming";
import { adviceFor, wordsForBreak } from "@/face/outcome";
import { promptOf } from "@/face/prompts";
import { COMMON } from "@/texts/common";
import { FACE } from "@/texts/face";
import { MINI } from "@/texts/mini";
import { TooOld } from "../../device/camera";
import { signOf } from "../../device/pictures";
import { goOnTo, placeOf } from "../../device/sign_in";
import { system, t, words, wordsFor } from "../../system";
import { when } from "../../when";
import { mistakesIn, termsOf, ways } from "./claiming";
import { Round } from "./round";

type Phase = "loading" | "form" | "opening" | "ready" | "connecting" | "filming" | "checking" | "passed" | "failed";

const shown = () => ({ text: { ...words(COMMON), ...words(FACE), ...words(MINI) }, ways: ways() });
/** Pages are plain data to the platform; what is under way on each is kept here. */
const rounds = new WeakMap<object, Round>();

Component({
  properties: { back: String, level: String, again: String },
  data: {
    ...shown(),
    phase: "loading" as Phase,
    filming: false,
    camera: false,
    intro: "",
    terms: "",
    name: "",
    number: "",
    variant: "full" as Variant,
    agreed: false,
    nameWrong: "",
    numberWrong: "",
    wayWrong: "",
    consentWrong: "",
    words: "",
    sign: "",
    progress: "",
    steps: [] as string[],
    light: null as Segment | null,
    advice: "",
    denied: false,
    notice: "",
    otherWay: false,
  },
  lifetimes: {
    attached() {
      void this.enter();
    },
    detached() {
      rounds.get(this)?.leave();
    },
  },
  pageLifetimes: {
    hide() {
      const round = rounds.get(this);
      if (round?.running) round.stop(new Interrupted());
    },
  },
  methods: {
    entry(): Entry {
      return { ...entryOf({ level: this.data.level }), back: placeOf(this.data.back) };
    },
    async enter() {
      this.setData(shown());
      const entry = this.entry();
      const plain = entry.back === null && entry.level === null && this.data.again === "";
      if (plain && (await signedIn())) return void wx.redirectTo({ url: "/pages/identity/index" });
      const intro = t(entry.purpose === "step_up" ? FACE.stepUp : FACE.intro);
      this.setData({ phase: "form", intro, terms: termsOf(entry) });
    },
    input({ currentTarget, detail }: WechatMiniprogram.Input) {
      const { field } = currentTarget.dataset as { field: "name" | "number" };
      this.setData({ [field]: detail.value, [`${field}Wrong`]: "" });
    },
    chooseWay({ detail }: WechatMiniprogram.RadioGroupChange) {
      this.setData({ variant: detail.value as Variant, wayWrong: "" });
      this.setData({ wayWrong: mistakesIn(this.data, this.entry()).wayWrong });
    },
    agree({ detail }: WechatMiniprogram.CheckboxGroupChange) {
      this.setData({ agreed: detail.value.length > 0, consentWrong: "" });
    },
    tellOtherWay() {
      this.setData({ otherWay: !this.data.otherWay });
    },
    go() {
      const mistakes = mistakesIn(this.data, this.entry());
      this.setData(mistakes);
      if (Object.values(mistakes).every((mistake) => mistake === "")) this.film();
    },
    film() {
      rounds.get(this)?.leave();
      const round = new Round({
        light: (light) => new Promise((drawn) => this.setData({ light }, drawn)),
        ready: () => this.turn("ready", t(FACE.ready)),
        begins: (step, count) => this.begins(step, count),
        filmed: () => this.turn("checking", t(FACE.checking)),
        ended: (how) => void this.ended(how),
        failed: (failure) => this.fail(failure),
      });
      rounds.set(this, round);
      this.setData({ steps: [], progress: "", sign: "", denied: false });
      this.turn("opening", t(FACE.opening));
      void round.ask(() => this.setData({ camera: true }));
    },
    cameraOn() {
      void rounds.get(this)?.opened();
    },
    cameraOff() {
      rounds.get(this)?.stop(new CameraRefused("lost"));
    },
    cameraRefused({ detail }: WechatMiniprogram.CustomEvent<{ errMsg?: string }>) {
      const denied = /auth|denied|deny/u.test(detail.errMsg ?? "");
      rounds.get(this)?.stop(new CameraRefused(denied ? "denied" : "busy"));
    },
    async begin() {
      const round = rounds.get(this);
      if (round === undefined || this.data.phase !== "ready") return;
      this.turn("connecting", t(FACE.connecting));
      const { name, number, variant } = this.data;
      const claim = { citizenNumber: tidied(number), name: name.trim(), purpose: this.entry().purpose, variants: [variant] };
      try {
        await round.film((await system()).client, claim);
      } catch (failure) {
        round.stop(failure);
      }
    },
    begins(step: Step, count: number) {
      const steps = Array.from({ length: count }, (_, n) => (n < step.n ? "done" : n === step.n ? "now" : "next"));
      this.setData({ steps, sign: signOf(step.kind), progress: t(FACE.progress, { place: step.n + 1, count }) });
      this.turn("filming", t(promptOf(step.kind)));
    },
    turn(phase: Phase, told: string) {
      const filming = ["opening", "ready", "connecting", "filming", "checking"].includes(phase);
      this.setData({ phase, words: told, filming, ...(filming ? {} : { camera: false, light: null }) });
    },
    async ended(how: Ended) {
      const { status, code, notice } = how.answer;
      if (status !== "PASSED" || !code) return this.advise(adviceOf(how));
      try {
        await (await system()).identity.redeem(code);
      } catch {
        return this.advise(t(FACE.notStored));
      }
      const told = notice && t(FACE.notice, { count: notice.failed_sessions, at: when(notice.last_failed_at) });
      this.setData({ name: "", number: "", agreed: false, notice: told || "" });
      this.turn("passed", t(FACE.passed));
    },
    fail(failure: unknown) {
      this.setData({ denied: failure instanceof CameraRefused && failure.fault === "denied" });
      this.advise(breakOf(failure));
    },
    advise(advice: string) {
      this.setData({ advice });
      this.turn("failed", t(FACE.failed));
    },
    change() {
      rounds.get(this)?.leave();
      this.turn("form", "");
    },
    openSettings() {
      wx.openSetting({});
    },
    goOn() {
      goOnTo(this.entry().back);
    },
    leave() {
      rounds.get(this)?.leave();
      if (getCurrentPages().length > 1) void wx.navigateBack();
      else void wx.redirectTo({ url: "/pages/home/index" });
    },
  },
});

async function signedIn(): Promise<boolean> {
  try {
    return await (await system()).identity.signedIn();
  } catch {
    return false; // nothing is kept that could be read
  }
}

function adviceOf(how: Ended): string {
  const broken = how.keptUp && how.answer.retry_code === "REJECTED_PROTOCOL";
  return broken ? t(MINI.broken) : adviceFor(how, { t });
}

function breakOf(failure: unknown): string {
  if (failure instanceof TooOld) return t(MINI.tooOld);
  if (failure instanceof CameraRefused && failure.fault === "denied") return t(MINI.allowCamera);
  return wordsForBreak(failure, { t, wordsFor });
}
