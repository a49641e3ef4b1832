/** What a person fills in for an agreement, and what is wrong with it. */
import type { Purpose } from "@/api/card";
import type { MerchantKind } from "@/api/family";
import { FAMILY } from "@/texts/family";
import type { Pair } from "@/texts/texts";
import { fenOf } from "@/ui/money";

export interface Draft {
  name: string;
  number: string;
  purposes: Purpose[];
  kinds: MerchantKind[];
  each: string;
  year: string;
  months: number;
}

export const emptyDraft = (): Draft => ({
  name: "",
  number: "",
  purposes: ["02121"],
  kinds: ["pharmacy"],
  each: "200",
  year: "2000",
  months: 6,
});

/** By field, what a person is told; nothing where all is well. `aid`: a yearly limit alone. */
export function faultsOf(draft: Draft, aid: boolean): Partial<Record<keyof Draft, Pair>> {
  const faults: Partial<Record<keyof Draft, Pair>> = {};
  if (draft.name.trim() === "") faults.name = FAMILY.nameWrong;
  if (!/^[1-9]\d{16}[\dX]$/u.test(numberOf(draft))) faults.number = FAMILY.numberWrong;
  const year = fenOf(draft.year);
  if (year === null) faults.year = FAMILY.amountWrong;
  if (aid) return faults;
  const each = fenOf(draft.each);
  if (each === null) faults.each = FAMILY.amountWrong;
  else if (year !== null && each > year) faults.each = FAMILY.limitsWrong;
  if (draft.purposes.length === 0) faults.purposes = FAMILY.choiceWrong;
  if (draft.kinds.length === 0) faults.kinds = FAMILY.choiceWrong;
  return faults;
}

/** As identity cards write it: phones' keyboards offer a small x. */
export function numberOf({ number }: Draft): string {
  return number.replace(/\s/gu, "").toUpperCase();
}

/** Months from a moment on, a day less than the year that is the most. */
export function endOf(months: number, now: Date): string {
  const end = new Date(now);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const last = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(now.getUTCDate(), last));
  end.setUTCDate(end.getUTCDate() - 1);
  return end.toISOString();
}
