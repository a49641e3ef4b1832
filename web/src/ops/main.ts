import "@/ui/vant";
import "@/ui/theme.css";
import { createApp } from "vue";
import App from "./App.vue";

document.documentElement.classList.add("wide");
createApp(App).mount("#page");
