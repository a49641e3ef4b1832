import "@/ui/vant";
import "@/ui/theme.css";
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import { heedingBack } from "@/ui/over";
import App from "./App.vue";
import { routes } from "./areas";
import { keepShell } from "./shell";

const heed = heedingBack();
const router = createRouter({
  history: createWebHistory("/m/"),
  routes: [...routes, { path: "/:rest(.*)*", redirect: "/" }],
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
});
router.beforeEach(heed);
createApp(App).use(router).mount("#page");
keepShell();
