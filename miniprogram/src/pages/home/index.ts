/** The services, and who is signed in. Pages are written as components, so that tests can play them. */
import { COMMON } from "@/texts/common";
import { HOME } from "@/texts/home";
import { language, setLanguage, system, t, words, wordsFor } from "../../system";

const SERVICES = [
  { page: "certificates", text: HOME.certificates, sign: "证" },
  { page: "card", text: HOME.card, sign: "卡" },
  { page: "booking", text: HOME.booking, sign: "医" },
] as const;

function shown() {
  const services = SERVICES.map(({ page, text, sign }) => ({ page, sign, name: t(text) }));
  return { text: { ...words(COMMON), ...words(HOME) }, services };
}

Component({
  data: { ...shown(), signedIn: false, failure: "" },
  pageLifetimes: {
    show() {
      void this.look();
    },
  },
  lifetimes: {
    attached() {
      void this.look();
    },
  },
  methods: {
    async look() {
      this.setData(shown()); // the language may have changed since the page was defined
      try {
        const { identity } = await system();
        this.setData({ signedIn: await identity.signedIn(), failure: "" });
      } catch (failure) {
        this.setData({ failure: wordsFor(failure) });
      }
    },
    go({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const { page } = currentTarget.dataset as { page: string };
      void wx.navigateTo({ url: `/pages/${page}/index` });
    },
    changeLanguage() {
      setLanguage(language() === "en" ? "zh-CN" : "en");
      this.setData(shown());
    },
  },
});
