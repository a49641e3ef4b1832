import "@/ui/vant";
import "@/ui/theme.css";
import "./desk.css";
import { createApp } from "vue";
import { createRouter, createWebHashHistory } from "vue-router";
import { heedingBack } from "@/ui/over";
import App from "./App.vue";
import { routes } from "./routes";
import { listen } from "./scans";

document.documentElement.classList.add("wide");
const heed = heedingBack();
const router = createRouter({ history: createWebHashHistory("/desk/"), routes });
router.beforeEach(heed);
listen(() => void router.push("/check-in"));
createApp(App).use(router).mount("#page");
