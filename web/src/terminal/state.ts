/** What the cashier's screens draw: who stands here, the basket, the quote, what came of it. */
import { shallowReactive } from "vue";
import type { Quote, TillPurpose } from "@/api/till";
import type { Basket } from "./basket";
import type { Admitted, Mode } from "./desk";
import type { Done } from "./once";
import type { Refusal } from "./refusals";
import type { Sale } from "./sales";
import type { Store } from "./store";

export interface Present {
  readonly kind: "online";
  readonly token: string;
  readonly name: string;
  readonly number: string;
  /** Seconds since 1970. */
  readonly until: number;
  /** Fen; null where the code is not capped. */
  readonly cap: number | null;
  readonly shownBy: string;
}

export type Presence = Present | ({ readonly kind: "offline" } & Admitted);

/** Kept over a reload. */
export interface Kept {
  presence: Presence | null;
  basket: Basket;
  quote: Quote | null;
  purpose: TillPurpose;
}

export interface State extends Kept {
  refusal: Refusal | null;
  busy: boolean;
  /** The last write, until the cashier goes on. */
  done: Done | null;
  /** The last sale without a network, likewise. */
  kept: Sale | null;
  mode: Mode | null;
  /** Changes whenever a book does. */
  turn: number;
}

const NAMES = ["presence", "basket", "quote", "purpose"] as const satisfies readonly (keyof Kept)[];
const SOON_S = 10;

export async function stateOf(store: Store, mode: Mode | null): Promise<State> {
  const kept = await Promise.all(NAMES.map(async (name) => [name, await store.read(name)] as const));
  const known = Object.fromEntries(kept.filter(([, thing]) => thing !== null)) as Partial<Kept>;
  const fresh: Kept = { presence: null, basket: [], quote: null, purpose: "02121" };
  return shallowReactive<State>({ ...fresh, ...known, refusal: null, busy: false, done: null, kept: null, mode, turn: 0 });
}

export async function keep(state: State, store: Store, things: Partial<Kept>): Promise<void> {
  Object.assign(state, things);
  for (const [name, thing] of Object.entries(things)) await store.write(name, thing);
}

/** Whether it is too late to settle for them, or nearly so. */
export function isOver(presence: Presence, at: number): boolean {
  return at >= presence.until - SOON_S;
}
