import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/face", component: () => import("./FaceScreen.vue") },
  { path: "/identity", component: () => import("./IdentityScreen.vue") },
];
