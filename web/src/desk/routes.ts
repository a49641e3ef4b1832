/** The desk's screens; in the address behind `#`, since the server knows one page of it. */
import type { RouteRecordRaw } from "vue-router";
import { DESK } from "@/texts/desk";
import type { Pair } from "@/texts/texts";

export const FHIR = "hospital.fhir";
export const DECODE = "card.decode";
export const SCHEDULE = "hospital.schedule";
const ATTEND = "hospital.desk";

export interface Place {
  readonly to: string;
  readonly text: Pair;
  readonly icon: string;
  readonly needs: readonly string[];
}

export const PLACES: readonly Place[] = [
  { to: "/today", text: DESK.today, icon: "☰", needs: [ATTEND] },
  { to: "/check-in", text: DESK.checkIn, icon: "✓", needs: [ATTEND] },
  { to: "/window", text: DESK.window, icon: "＋", needs: [ATTEND, DECODE, FHIR] },
  { to: "/stop", text: DESK.stop, icon: "⊘", needs: [ATTEND, SCHEDULE] },
  { to: "/add", text: DESK.add, icon: "⊞", needs: [ATTEND, SCHEDULE] },
];

export const routes: RouteRecordRaw[] = [
  { path: "/today", component: () => import("./screens/TodayScreen.vue") },
  { path: "/today/:id", component: () => import("./screens/LineScreen.vue") },
  { path: "/check-in", component: () => import("./screens/CheckInScreen.vue") },
  { path: "/window", component: () => import("./screens/WindowScreen.vue") },
  { path: "/stop", component: () => import("./screens/StopScreen.vue") },
  { path: "/add", component: () => import("./screens/AddScreen.vue") },
  { path: "/:rest(.*)*", redirect: "/today" },
];
