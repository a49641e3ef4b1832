/** Who is signed in on this phone, how surely, and until when. */
import { me, type Me } from "@/api/me";
import { COMMON } from "@/texts/common";
import { FACE } from "@/texts/face";
import { MINI } from "@/texts/mini";
import { FACING, goToFace, refusedForFace } from "../../device/sign_in";
import { signedInUntil, system, t, words, wordsFor } from "../../system";
import { when } from "../../when";

const LEVELS = { L1: FACE.levelL1, L2: FACE.levelL2, L3: FACE.levelL3 } as const;

const shown = () => ({ text: { ...words(COMMON), ...words(FACE), ...words(MINI) } });

Component({
  data: { ...shown(), ...FACING, person: null as Me | null, level: "", verifiedAt: "", until: "", failure: "" },
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
    async look() {
      try {
        const person = await me((await system()).client);
        const until = signedInUntil();
        this.setData({
          person,
          level: person.level in LEVELS ? t(LEVELS[person.level as keyof typeof LEVELS]) : person.level,
          verifiedAt: when(person.authenticated_at),
          until: until === null ? "" : t(FACE.untilNote, { at: when(until * 1000) }),
          failure: "",
          ...FACING,
        });
      } catch (failure) {
        this.setData({ person: null });
        if (!refusedForFace(this, "identity", failure)) this.setData({ failure: wordsFor(failure) });
      }
    },
    toFace() {
      goToFace(this);
    },
    again() {
      this.setData({ faceWanted: `/pages/face/index?again=1&back=${encodeURIComponent("/pages/identity/index")}` });
      goToFace(this);
    },
    signOut() {
      wx.showModal({
        title: t(FACE.signOut),
        content: t(FACE.signOutSure),
        confirmText: t(COMMON.confirm),
        cancelText: t(COMMON.cancel),
        success: ({ confirm }) => {
          if (confirm) void this.signedOut();
        },
      });
    },
    /** On this phone in any case; the server hears of it if it can be reached. */
    async signedOut() {
      try {
        await (await system()).identity.signOut();
      } catch {
        // Its tokens are gone from here, and end there by themselves.
      }
      void wx.reLaunch({ url: "/pages/home/index" });
    },
  },
});
