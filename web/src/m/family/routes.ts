import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/family", component: () => import("./FamilyScreen.vue") },
  { path: "/family/new/:what(mandate|child|aid)", component: () => import("./OfferScreen.vue") },
  { path: "/family/:kind(mandates|mutual-aid)/:id", component: () => import("./AgreementScreen.vue") },
];
