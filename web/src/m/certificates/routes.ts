import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/certificates", component: () => import("./CertificatesScreen.vue") },
  { path: "/certificates/new", component: () => import("./NewScreen.vue") },
  { path: "/certificates/batches/:id", component: () => import("./BatchScreen.vue"), props: true },
  { path: "/certificates/:id", component: () => import("./CertificateScreen.vue"), props: true },
  { path: "/certificates/:id/check", component: () => import("./CheckScreen.vue"), props: true },
];
