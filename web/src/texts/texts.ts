/**
 * Texts in two languages, side by side, so that none is forgotten. Every area has a file of its
 * own in this folder; `{name}` in a text is filled in. Nothing here knows a browser.
 */
export type Language = "zh-CN" | "en";
export type Pair = readonly [zh: string, en: string];
export type Texts = Readonly<Record<string, Pair>>;
export type Filling = Readonly<Record<string, string | number>>;

/** One text in a language. */
export function told(pair: Pair, language: Language, filling: Filling = {}): string {
  const text = pair[language === "en" ? 1 : 0];
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => String(filling[name] ?? whole));
}
