/** The phone's side of the system: one key, one line to the API, one identity. */
import { Client } from "@/api/client";
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import { Identity, type TokenPair } from "@/api/tokens";
import { COMMON } from "@/texts/common";
import { told, type Filling, type Language, type Pair } from "@/texts/texts";
import { ORIGIN } from "./config";
import { ScriptKey } from "./device/signer";
import { keep, stored } from "./device/storage";
import { WxTransport } from "./device/transport";

const TOKENS = "zero-run.tokens";
const LANGUAGE = "zero-run.language";

export interface System {
  readonly client: Client;
  readonly identity: Identity;
}

let begun: Promise<System> | null = null;

/** Made at first use, once; a failure is not kept. */
export function system(): Promise<System> {
  begun ??= begin().catch((failure: unknown) => {
    begun = null;
    throw failure;
  });
  return begun;
}

async function begin(): Promise<System> {
  const client = new Client({
    transport: new WxTransport(ORIGIN),
    signer: await ScriptKey.kept(),
    origin: ORIGIN,
    language,
    clock: () => Date.now() / 1000,
  });
  const identity = new Identity(client, {
    read: () => Promise.resolve(JSON.parse(stored(TOKENS) ?? "null") as TokenPair | null),
    write: (pair) => Promise.resolve(keep(TOKENS, pair && JSON.stringify(pair))),
  });
  return { client, identity };
}

/** Until when the access token is good, seconds since 1970; it is renewed while the app is used. */
export function signedInUntil(): number | null {
  return (JSON.parse(stored(TOKENS) ?? "null") as TokenPair | null)?.until ?? null;
}

export function language(): Language {
  return stored(LANGUAGE) === "en" ? "en" : "zh-CN";
}

export function setLanguage(chosen: Language): void {
  keep(LANGUAGE, chosen);
}

export function t(pair: Pair, filling: Filling = {}): string {
  return told(pair, language(), filling);
}

/** All texts of an area in the person's language, for a page's data. */
export function words<T extends Readonly<Record<string, Pair>>>(texts: T): Record<keyof T, string> {
  const pairs = Object.entries(texts).map(([name, pair]) => [name, t(pair)]);
  return Object.fromEntries(pairs) as Record<keyof T, string>;
}

/** What a person reads when a call fails. */
export function wordsFor(failure: unknown): string {
  if (failure instanceof Unreachable) return t(COMMON.unreachable);
  if (!(failure instanceof Problem)) return t(COMMON.failed);
  const { status, retryAfter, detail } = failure;
  if (status === 503 && retryAfter !== null) return t(COMMON.busy, { seconds: retryAfter });
  return detail || t(COMMON.failed);
}
