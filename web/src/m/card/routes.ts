import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/card", component: () => import("./CardScreen.vue") },
  { path: "/card/code", component: () => import("./CodeScreen.vue") },
  { path: "/card/log", component: () => import("./LogScreen.vue") },
  { path: "/card/purchases", component: () => import("./PurchasesScreen.vue") },
  { path: "/card/purchases/:id", component: () => import("./PurchaseScreen.vue") },
];
