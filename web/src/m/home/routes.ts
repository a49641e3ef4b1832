import type { RouteRecordRaw } from "vue-router";
import HomeScreen from "./HomeScreen.vue";

export const routes: RouteRecordRaw[] = [{ path: "/", component: HomeScreen }];
