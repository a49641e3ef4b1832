/** The till's side of the system: a key and a store of its own, in one window at a time. */
import type { Client } from "@/api/client";
import type { Partner } from "@/api/partner";
import { TillApi } from "@/api/till";
import { partnerOf } from "@/device/line";
import { Vault } from "@/device/vault";

export interface Session {
  readonly vault: Vault;
  readonly client: Client;
  readonly partner: Partner;
  readonly api: TillApi;
}

export const now = (): number => Date.now() / 1000;

export async function begin(): Promise<Session> {
  const line = await partnerOf(new Vault("till", "strict"));
  return { ...line, api: new TillApi(line.client) };
}

const LOCK = "zero-run.till";
const WAIT_MS = 1_500;

/**
 * The till's book is one window's at a time. `elsewhere` is called while another window has it; the
 * promise is fulfilled once it is ours, until this window closes.
 */
export function alone(elsewhere: () => void): Promise<void> {
  if (navigator.locks === undefined) return Promise.resolve();
  const waiting = setTimeout(elsewhere, WAIT_MS);
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(LOCK, () => {
      clearTimeout(waiting);
      resolve();
      return new Promise<never>(() => undefined);
    });
    held.catch(reject);
  });
}

/** Asks the browser not to clear what the till keeps when the disk is full. */
export function persisted(): void {
  navigator.storage?.persist?.().catch(() => false);
}
