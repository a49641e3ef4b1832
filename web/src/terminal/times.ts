/** Days and moments as the books name them: of China, whatever the till's own zone is. */
const CHINA_MS = 8 * 3600 * 1000;

/** ISO 8601 to the second, with its offset. */
export function chinaTime(seconds: number): string {
  return `${new Date(seconds * 1000 + CHINA_MS).toISOString().slice(0, 19)}+08:00`;
}

export function chinaDay(seconds: number): string {
  return chinaTime(seconds).slice(0, 10);
}

/** A name such as 2026-11-30.090512-3f9a…: when, and enough chance that nobody else has it. */
export function nameAt(seconds: number, chance: Uint8Array): string {
  const hex = Array.from(chance, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${chinaTime(seconds).slice(0, 19).replaceAll(":", "").replace("T", ".")}-${hex}`;
}

/** Hours and minutes of a length of time, seconds. */
export function hoursAndMinutes(seconds: number): { readonly h: number; readonly m: number } {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  return { h: Math.floor(minutes / 60), m: minutes % 60 };
}
