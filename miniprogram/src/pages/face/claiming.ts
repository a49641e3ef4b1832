/** What somebody enters about themselves, and what is still wrong with it. */
import { faultOf, tidied, type NumberFault } from "@/api/citizenNumber";
import { CONSENT_TEXT, type Variant } from "@/api/verification";
import { suffices, VARIANTS, type Entry } from "@/face/entering";
import { FACE } from "@/texts/face";
import { t } from "../../system";

export interface Entered {
  readonly name: string;
  readonly number: string;
  readonly variant: Variant;
  readonly agreed: boolean;
}

const WAYS = {
  full: [FACE.full, FACE.fullNote],
  no_light: [FACE.noLight, FACE.noLightNote],
  no_motion: [FACE.noMotion, FACE.noMotionNote],
} as const;
const FAULTS = {
  length: FACE.numberLength,
  characters: FACE.numberCharacters,
  date: FACE.numberDate,
  check: FACE.numberCheck,
} as const satisfies Record<NumberFault, unknown>;

export function ways() {
  return VARIANTS.map((variant) => ({ variant, name: t(WAYS[variant][0]), note: t(WAYS[variant][1]) }));
}

/** Why it is asked for, and the version of the text one agrees to. */
export function termsOf({ purpose }: Entry): string {
  const told = t(purpose === "login" ? FACE.purposeLogin : FACE.purposeStepUp);
  return t(FACE.consentVersion, { purpose: told, version: CONSENT_TEXT });
}

/** Words for each mistake; all empty: it can be sent. */
export function mistakesIn({ name, number, variant, agreed }: Entered, entry: Entry) {
  const typed = tidied(number);
  const fault = faultOf(typed);
  return {
    nameWrong: name.trim() === "" ? t(FACE.nameMissing) : "",
    numberWrong: fault === null ? "" : t(FAULTS[fault], { count: typed.length }),
    wayWrong: suffices(variant, entry) ? "" : t(FACE.wayTooLow, { way: t(WAYS[leastFor(entry)][0]) }),
    consentWrong: agreed ? "" : t(FACE.agreeFirst),
  };
}

/** The way that asks least of the person and is enough. */
function leastFor(entry: Entry): Variant {
  return [...VARIANTS].reverse().find((variant) => suffices(variant, entry)) ?? "full";
}
