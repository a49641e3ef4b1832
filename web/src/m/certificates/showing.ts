/** Certificates in words and in their order on the screen. */
import type { BatchItem, IssuedCertificate, Titles } from "@/api/issuing";
import type { Notice } from "@/api/myself";
import { ISSUED_STATES, ISSUING, STATE_WORDS } from "@/texts/issuing";
import type { Language, Pair } from "@/texts/texts";

export function titleIn(titles: Titles, language: Language): string {
  return language === "en" ? titles.en : titles.zh;
}

type State = keyof typeof ISSUED_STATES;

/** Its name; a state of a later version of the API goes by its own. */
export function stateName(status: string): Pair {
  return Object.hasOwn(ISSUED_STATES, status) ? ISSUED_STATES[status as State] : [status, status];
}

export function stateWords(status: string): Pair | null {
  return Object.hasOwn(STATE_WORDS, status) ? STATE_WORDS[status as State] : null;
}

export interface Shelves {
  readonly current: readonly IssuedCertificate[];
  readonly past: readonly IssuedCertificate[];
}

/** What can be used or will be again, and what is over. */
export function shelved(all: readonly IssuedCertificate[]): Shelves {
  const isCurrent = ({ status }: IssuedCertificate): boolean => status === "valid" || status === "suspended";
  return { current: all.filter(isCurrent), past: all.filter((one) => !isCurrent(one)) };
}

export interface Happened {
  readonly at: string;
  readonly words: Pair;
}

/** What became of a certificate, the last first. */
export function history(one: IssuedCertificate, notices: readonly Notice[]): Happened[] {
  const happened: Happened[] = [{ at: one.issued_at, words: ISSUING.wasIssued }];
  if (one.archived_at !== undefined) happened.push({ at: one.archived_at, words: ISSUING.wasArchived });
  const told = notices.filter(({ about }) => about === one.id);
  for (const { at, zh, en } of told) happened.push({ at, words: [zh, en] });
  if (one.confirmed_at !== undefined && !told.some(({ kind }) => kind.endsWith(".confirmed"))) {
    happened.push({ at: one.confirmed_at, words: ISSUING.wasConfirmed });
  }
  return happened.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

export interface Progress {
  readonly count: number;
  readonly done: number;
  readonly issued: number;
  readonly refused: number;
}

export function progressOf(items: readonly BatchItem[]): Progress {
  const issued = items.filter(({ status }) => status === "issued").length;
  const refused = items.filter(({ status }) => status === "refused").length;
  return { count: items.length, done: issued + refused, issued, refused };
}

/** Whether asking again may end otherwise: the fault was not the record's. */
export function worthRetrying({ problem }: BatchItem): boolean {
  return problem !== null && (problem.status ?? 0) >= 500;
}

const FIRST_MS = 400;
const SLOWEST_MS = 3_000;

/** How long to wait before looking again for the n-th time, from 0. */
export function lookAgainAfter(n: number): number {
  return Math.min(SLOWEST_MS, FIRST_MS * 1.25 ** n);
}
