import "./booking.css";
import type { RouteRecordRaw } from "vue-router";

/** Each screen is fetched when it is first opened: the home screen does not wait for them. */
export const routes: RouteRecordRaw[] = [
  { path: "/booking", component: () => import("./FindScreen.vue") },
  { path: "/booking/sessions/:id", component: () => import("./SessionScreen.vue") },
  { path: "/booking/mine", component: () => import("./VisitsScreen.vue") },
  { path: "/booking/appointments/:id", component: () => import("./VisitScreen.vue") },
  { path: "/booking/appointments/:id/code", component: () => import("./CheckInScreen.vue") },
  { path: "/booking/waits", component: () => import("./WaitsScreen.vue") },
  { path: "/booking/waits/new", component: () => import("./WaitNewScreen.vue") },
  { path: "/booking/waits/:id", component: () => import("./WaitScreen.vue") },
  { path: "/booking/releases/:id", component: () => import("./ReleaseScreen.vue") },
  { path: "/booking/conduct", component: () => import("./ConductScreen.vue") },
  { path: "/booking/calendar", component: () => import("./CalendarScreen.vue") },
];
