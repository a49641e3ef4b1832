/** The person's settings of this device: language and size of type, kept over a reload. */
import { ref, watchEffect } from "vue";
import { told, type Filling, type Language, type Pair } from "@/texts/texts";

const LANGUAGE = "zero-run.language";
const LARGE = "zero-run.large";

function preferred(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "en" || kept === "zh-CN") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const language = ref<Language>(preferred());
export const largeType = ref(localStorage.getItem(LARGE) === "yes");

watchEffect(() => {
  localStorage.setItem(LANGUAGE, language.value);
  document.documentElement.lang = language.value;
});
watchEffect(() => {
  localStorage.setItem(LARGE, largeType.value ? "yes" : "no");
  document.documentElement.classList.toggle("large", largeType.value);
});

/** A text in the person's language; changes with it where it is used in a template. */
export function t(pair: Pair, filling: Filling = {}): string {
  return told(pair, language.value, filling);
}
