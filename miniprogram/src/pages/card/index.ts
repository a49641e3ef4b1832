/** The card's code, renewed before it ends; freezing and reporting loss. */
import { CardApi, type Purpose } from "@/api/card";
import { CARD, PURPOSE_NAMES } from "@/texts/card";
import { COMMON } from "@/texts/common";
import { MINI } from "@/texts/mini";
import { pictureOf } from "../../device/pictures";
import { FACING, goToFace, refusedForFace } from "../../device/sign_in";
import { system, t, words, wordsFor } from "../../system";

const PHARMACY: Purpose = "02121";
const TICK_MS = 1000;

function shown() {
  const purposes = Object.entries(PURPOSE_NAMES).map(([code, name]) => ({ code, name: t(name) }));
  return { text: { ...words(COMMON), ...words(MINI), ...words(CARD) }, purposes };
}

Component({
  data: { ...shown(), ...FACING, purpose: PHARMACY as string, status: "", picture: "", digits: "", left: 0, refresh: "", failure: "", timer: 0, busy: false },
  lifetimes: {
    attached() {
      this.setData(shown());
      void this.look();
      this.setData({ timer: Number(setInterval(() => this.tick(), TICK_MS)) });
    },
    detached() {
      clearInterval(this.data.timer);
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
    async look() {
      await this.tried(async (api) => {
        const { status } = await api.read();
        this.setData({ status });
        if (status === "ACTIVE") await this.renew(api);
      });
    },
    async renew(api: CardApi) {
      const code = await api.code(this.data.purpose as Purpose);
      this.setData({ picture: pictureOf(code.qr_svg), digits: code.code, left: code.refresh_after_s });
    },
    /** A code is renewed once its time comes; what is over is not shown a moment longer. */
    tick() {
      if (this.data.picture === "") return;
      const left = this.data.left - 1;
      this.setData({ left, refresh: t(CARD.seconds, { seconds: Math.max(left, 0) }) });
      if (left > 0 || this.data.busy) return;
      this.setData({ picture: "", digits: "" });
      void this.look();
    },
    choose({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const { code } = currentTarget.dataset as { code: string };
      this.setData({ purpose: code, picture: "", digits: "" });
      void this.look();
    },
    freeze() {
      this.asked(CARD.freezeTitle, CARD.freezeWords, (api) => api.freeze());
    },
    reportLoss() {
      this.asked(CARD.lossTitle, CARD.lossWords, (api) => api.reportLoss());
    },
    asked(title: readonly [string, string], content: readonly [string, string], act: (api: CardApi) => Promise<unknown>) {
      wx.showModal({
        title: t(title),
        content: t(content),
        success: ({ confirm }) => {
          if (confirm) void this.acted(act);
        },
      });
    },
    async acted(act: (api: CardApi) => Promise<unknown>) {
      this.setData({ picture: "", digits: "" });
      await this.tried(async (api) => {
        await act(api);
      });
      await this.look();
    },
    async tried(act: (api: CardApi) => Promise<void>) {
      this.setData({ busy: true });
      try {
        await act(new CardApi((await system()).client));
        this.setData({ failure: "", ...FACING });
      } catch (failure) {
        if (!refusedForFace(this, "card", failure)) this.setData({ failure: wordsFor(failure) });
      } finally {
        this.setData({ busy: false });
      }
    },
  },
});
