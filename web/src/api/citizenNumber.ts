/** The citizen identity number (GB 11643): 17 digits, a birth date among them, and a check digit. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = "10X98765432";
const FORM = /^\d{17}[\dX]$/u;

export type NumberFault = "length" | "characters" | "date" | "check";

/** As it is sent: without blanks, the last character a capital. */
export function tidied(typed: string): string {
  return typed.replace(/\s/gu, "").toUpperCase();
}

/** What is wrong with a tidied number; null: nothing that can be seen without a register. */
export function faultOf(number: string): NumberFault | null {
  if (number.length !== 18) return "length";
  if (!FORM.test(number)) return "characters";
  if (!isDate(number.slice(6, 14))) return "date";
  return checkDigit(number) === number.charAt(17) ? null : "check";
}

function checkDigit(number: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number.charAt(at)), 0);
  return CHECKS.charAt(sum % 11);
}

function isDate(digits: string): boolean {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  return year !== undefined && year >= 100 && date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}
