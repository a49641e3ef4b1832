/** What each step asks for, in words and as lines of a sign of 96 by 96. */
import { FACE } from "@/texts/face";
import type { Pair } from "@/texts/texts";

const WORDS: Readonly<Record<string, Pair>> = {
  baseline: FACE.baseline,
  turn_left: FACE.turn_left,
  turn_right: FACE.turn_right,
  nod: FACE.nod,
  blink: FACE.blink,
  mouth: FACE.mouth,
  closer: FACE.closer,
  light: FACE.light,
};

export function promptOf(kind: string): Pair {
  return WORDS[kind] ?? FACE.baseline;
}

const HEAD = "M24 48a24 30 0 1 0 48 0a24 30 0 1 0-48 0";
const EYES = "M36.5 42a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M56.5 42a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0";
const SHUT_EYES = "M34 43q5 4 9 0M53 43q5 4 9 0";
const MOUTH = "M40 61q8 5 16 0";
const OPEN_MOUTH = "M41 62a7 8 0 1 0 14 0a7 8 0 1 0-14 0";
/** What is done, around the face. */
const MOVES: Readonly<Record<string, string>> = {
  turn_left: "M16 48H4m6-7-7 7 7 7",
  turn_right: "M80 48h12m-6-7 7 7-7 7",
  nod: "M82 34v28m-7-7 7 7 7-7",
  closer: "M6 6l12 12m0-9v9h-9M90 6 78 18m0-9v9h9M6 90l12-12m0 9v-9h-9M90 90 78 78m0 9v-9h9",
  light: "M48 2v8M14 16l6 6M82 16l-6 6M4 48h8M84 48h8M14 80l6-6M82 80l-6-6M48 86v8",
};

/** The `d` of each line, to be drawn 4 wide with round ends and nothing filled. */
export function signOf(kind: string): readonly string[] {
  const eyes = kind === "blink" ? SHUT_EYES : EYES;
  const mouth = kind === "mouth" ? OPEN_MOUTH : MOUTH;
  const move = MOVES[kind];
  return [HEAD, eyes, mouth, ...(move === undefined ? [] : [move])];
}
