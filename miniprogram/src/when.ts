/** Times as people read them in China, wherever the phone is: it may not know how to write others. */
const CHINA_MS = 8 * 3_600_000;

/** 2026-12-01 09:00 */
export function when(moment: string | number): string {
  return inChina(moment).slice(0, 16).replace("T", " ");
}

/** 09:00 */
export function clock(moment: string | number): string {
  return inChina(moment).slice(11, 16);
}

function inChina(moment: string | number): string {
  return new Date((typeof moment === "string" ? Date.parse(moment) : moment) + CHINA_MS).toISOString();
}
