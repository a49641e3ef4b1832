import "@/ui/vant";
import "@/ui/theme.css";
import "./till.css";
import { createApp } from "vue";
import { createRouter, createWebHashHistory } from "vue-router";
import App from "./App.vue";
import OfflineScreen from "./OfflineScreen.vue";
import PurchaseScreen from "./PurchaseScreen.vue";
import SaleScreen from "./SaleScreen.vue";
import { keepShell } from "./shell";
import TodayScreen from "./TodayScreen.vue";

const router = createRouter({
  history: createWebHashHistory("/terminal/"),
  routes: [
    { path: "/", component: SaleScreen },
    { path: "/today", component: TodayScreen },
    { path: "/today/:id", component: PurchaseScreen },
    { path: "/offline", component: OfflineScreen },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});
document.documentElement.classList.add("wide");
createApp(App).use(router).mount("#page");
keepShell();
