/** What the QR of a certificate says, and how a check code is written. */

export interface Printed {
  readonly id: string;
  readonly code: string;
  readonly token: string;
}

const LONGEST = 128;

/** The members of an address of this system's check page; null for anything else. */
export function printedIn(text: string, origin: string): Printed | null {
  const url = addressOf(text.trim());
  if (url === null || url.origin !== origin || url.pathname !== "/check") return null;
  const [id, code, token] = ["id", "code", "t"].map((name) => url.searchParams.get(name) ?? "");
  if (!id || !code || [id, code, token ?? ""].some((member) => member.length > LONGEST)) return null;
  return { id, code, token: token ?? "" };
}

/** Where the verdict on it is told, in the language of the page that asks. */
export function verdictOf(printed: Printed, language: string): string {
  const members = new URLSearchParams({ id: printed.id, code: printed.code });
  if (printed.token) members.set("t", printed.token);
  members.set("lang", language);
  return `/check?${members}`;
}

/** A check code in capitals and groups of four, as it is printed. */
export function grouped(typed: string): string {
  const digits = typed.toUpperCase().replace(/[^0-9A-Z]/gu, "").slice(0, 16);
  return digits.replace(/(.{4})(?=.)/gu, "$1-");
}

function addressOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
