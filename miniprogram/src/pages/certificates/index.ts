/** Several certificates at once, each with its own end; and those that were issued. */
import { IssuingApi, type Batch } from "@/api/issuing";
import { COMMON } from "@/texts/common";
import { MINI } from "@/texts/mini";
import { ISSUED_STATES, ISSUING } from "@/texts/issuing";
import { askForFace, FACING, goToFace, refusedForFace } from "../../device/sign_in";
import { language, system, t, words, wordsFor } from "../../system";

const AGAIN_MS = 400;
const LONGEST_MS = 60_000;

const shown = () => ({ text: { ...words(COMMON), ...words(MINI), ...words(ISSUING) } });
const title = (titles: { zh: string; en: string }) => (language() === "en" ? titles.en : titles.zh);

interface Choice {
  readonly code: string;
  readonly name: string;
  readonly available: boolean;
}

Component({
  data: {
    ...shown(),
    ...FACING,
    choices: [] as Choice[],
    chosen: [] as string[],
    ask: "",
    /** What was asked for; `acr` is the level of a face that one lacks. */
    progress: [] as { name: string; words: string; acr: string }[],
    issued: [] as { id: string; name: string; state: string }[],
    working: false,
    failure: "",
  },
  lifetimes: {
    attached() {
      this.setData(shown());
      void this.look();
    },
  },
  pageLifetimes: {
    show() {
      if (this.data.away) void this.look();
    },
  },
  methods: {
    toFace() {
      goToFace(this);
    },
    /** For what was refused; the choice stays, to be asked for again afterwards. */
    faceFor({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const { acr } = currentTarget.dataset as { acr: string };
      askForFace(this, "certificates", acr);
    },
    async look() {
      await this.tried(async (api) => {
        const types = await api.types();
        this.setData({ choices: types.map((one) => ({ code: one.code, name: title(one.titles), available: one.available })) });
        await this.list(api);
      });
    },
    async list(api: IssuingApi) {
      const { items } = await api.issued();
      const issued = items.map((one) => ({
        id: one.id,
        name: title(one.titles),
        state: t(ISSUED_STATES[one.status as keyof typeof ISSUED_STATES] ?? ISSUING.away),
      }));
      this.setData({ issued });
    },
    choose({ detail }: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
      this.setData({ chosen: detail.value, ask: t(ISSUING.ask, { count: detail.value.length }) });
    },
    async askFor() {
      if (this.data.working || this.data.chosen.length === 0) return;
      this.setData({ working: true });
      await this.tried(async (api) => {
        const once = (await system()).client.onceKey();
        await this.follow(api, await api.ask(this.data.chosen, once));
        await this.list(api);
      });
      this.setData({ working: false });
    },
    async follow(api: IssuingApi, begun: Batch) {
      const until = Date.now() + LONGEST_MS;
      let batch = begun;
      for (;;) {
        this.setData({ progress: batch.items.map((one) => ({ name: title(one.titles), words: outcome(one), acr: acrOf(one) })) });
        if (batch.ended || Date.now() > until) return;
        await new Promise<void>((resolve) => setTimeout(resolve, AGAIN_MS));
        batch = await api.batch(batch.id);
      }
    },
    async tried(act: (api: IssuingApi) => Promise<void>) {
      try {
        await act(new IssuingApi((await system()).client));
        this.setData({ failure: "", ...FACING });
      } catch (failure) {
        if (!refusedForFace(this, "certificates", failure)) this.setData({ failure: wordsFor(failure) });
      }
    },
  },
});

/** Empty: it lacks no face. */
function acrOf({ problem }: Batch["items"][number]): string {
  if (problem?.code !== "INSUFFICIENT_USER_AUTHENTICATION") return "";
  return problem.acr_values ?? "face:L1";
}

function outcome({ certificate, problem }: Batch["items"][number]): string {
  if (certificate !== null) return t(ISSUING.done);
  if (problem !== null) return `${t(ISSUING.refused)} ${problem.detail ?? problem.title ?? ""}`.trim();
  return t(ISSUING.working);
}
