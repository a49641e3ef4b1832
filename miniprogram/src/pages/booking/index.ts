/** A citizen's appointments, newest first; giving one up. */
import { VisitsApi, type Visit } from "@/api/visits";
import { COMMON } from "@/texts/common";
import { MINI } from "@/texts/mini";
import { VISITS, VISIT_STATES } from "@/texts/visits";
import { FACING, goToFace, refusedForFace } from "../../device/sign_in";
import { system, t, words, wordsFor } from "../../system";
import { clock } from "../../when";

const CANCELLABLE = new Set(["OFFERED", "PENDING_PAYMENT", "BOOKED"]);

const shown = () => ({ text: { ...words(COMMON), ...words(MINI), ...words(VISITS) } });

function told(visit: Visit) {
  return {
    id: visit.id,
    where: `${visit.hospital} ${visit.department} ${visit.practitioner}`,
    when: `${visit.day} ${clock(visit.starts_at)}–${clock(visit.ends_at)}`,
    number: t(VISITS.number, { number: visit.number }),
    state: t(VISIT_STATES[visit.status as keyof typeof VISIT_STATES] ?? COMMON.failed),
    cancellable: CANCELLABLE.has(visit.status),
  };
}

Component({
  data: { ...shown(), ...FACING, visits: [] as ReturnType<typeof told>[], loaded: false, failure: "" },
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
    async look() {
      await this.tried(async (api) => {
        const { items } = await api.page();
        this.setData({ visits: items.map(told), loaded: true });
      });
    },
    cancel({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const { id } = currentTarget.dataset as { id: string };
      wx.showModal({
        title: t(VISITS.cancel),
        content: t(VISITS.cancelSure),
        success: ({ confirm }) => {
          if (confirm) void this.cancelled(id);
        },
      });
    },
    async cancelled(id: string) {
      await this.tried(async (api) => {
        await api.cancel(id);
        await this.look();
      });
    },
    async tried(act: (api: VisitsApi) => Promise<void>) {
      try {
        await act(new VisitsApi((await system()).client));
        this.setData({ failure: "", ...FACING });
      } catch (failure) {
        if (!refusedForFace(this, "booking", failure)) this.setData({ failure: wordsFor(failure) });
      }
    },
  },
});
