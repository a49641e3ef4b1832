/** Prompts that are spoken, where the device can; kept as the person wants it. */
import { ref, watch } from "vue";
import { language } from "@/ui/settings";

const KEPT = "zero-run.spoken";
export const canSpeak = typeof speechSynthesis !== "undefined";
export const spoken = ref(localStorage.getItem(KEPT) === "yes");
watch(spoken, (wanted) => {
  localStorage.setItem(KEPT, wanted ? "yes" : "no");
  if (!wanted) hush();
});

/** Say it now; what was being said is left off. */
export function say(words: string): void {
  if (!canSpeak || !spoken.value) return;
  hush();
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = language.value === "en" ? "en-US" : "zh-CN";
  speechSynthesis.speak(utterance);
}

export function hush(): void {
  if (canSpeak) speechSynthesis.cancel();
}
