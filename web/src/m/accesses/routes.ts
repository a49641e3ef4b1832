import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/accesses", component: () => import("./AccessesScreen.vue") },
  { path: "/notices", component: () => import("./NoticesScreen.vue") },
];
