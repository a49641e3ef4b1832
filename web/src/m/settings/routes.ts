import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/settings", component: () => import("./SettingsScreen.vue") },
  { path: "/settings/consents", component: () => import("./ConsentsScreen.vue") },
  { path: "/settings/about", component: () => import("./AboutScreen.vue") },
];
