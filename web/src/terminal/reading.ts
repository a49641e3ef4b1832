/** What a scanned or typed text is to a till. */
export type Scanned = { readonly kind: "card" | "barcode"; readonly text: string };

/** What a scanned or typed text is: a card's code, online or not, or a product's barcode. */
export function kindOf(typed: string): Scanned | null {
  const text = typed.trim();
  if (text.startsWith("ZR1:")) return { kind: "card", text };
  const digits = text.replace(/[\s-]/gu, "");
  if (/^\d{18}$/u.test(digits)) return { kind: "card", text: digits };
  if (/^\d{8,14}$/u.test(digits)) return { kind: "barcode", text: digits };
  return null;
}
