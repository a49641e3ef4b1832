/** What was scanned or typed at the desk. */
export type Scanned =
  | { readonly kind: "card"; readonly code: string }
  | { readonly kind: "slip"; readonly code: string }
  | { readonly kind: "nothing" };

const SLIP = /^ZRA1\.apt_[0-9a-v]{26}\.[1-9][0-9]{0,8}\.[A-Za-z0-9_-]{22}$/u;
const DIGITS = /^[0-9]{18}$/u;
const OFFLINE = /^ZR1:/u;

/** Of a card's code the spaces that a phone shows between its digits do not count. */
export function scanned(text: string): Scanned {
  const trimmed = text.trim();
  if (SLIP.test(trimmed)) return { kind: "slip", code: trimmed };
  if (OFFLINE.test(trimmed)) return { kind: "card", code: trimmed };
  const digits = trimmed.replace(/[\s-]/gu, "");
  return DIGITS.test(digits) ? { kind: "card", code: digits } : { kind: "nothing" };
}
