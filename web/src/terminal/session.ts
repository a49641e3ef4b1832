/** The till's side of the system: a key and a store of its own, in one window at a time. */
import { Client } from "@/api/client";
import { Partner, type AccessToken, type Enrolled } from "@/api/partner";
import { TillApi } from "@/api/till";
import { FetchTransport } from "@/device/fetching";
import { DeviceKey } from "@/device/keys";
import { origin } from "@/device/origin";
import { Vault } from "@/device/vault";
import { language } from "@/ui/settings";

export interface Session {
  readonly vault: Vault;
  readonly client: Client;
  readonly partner: Partner;
  readonly api: TillApi;
}

export const now = (): number => Date.now() / 1000;

export async function begin(): Promise<Session> {
  const vault = new Vault("till", "strict");
  const client = new Client({
    transport: new FetchTransport(),
    signer: await DeviceKey.kept(vault),
    origin: origin(),
    language: () => language.value,
    clock: now,
  });
  const partner = new Partner(client, {
    enrolled: () => vault.read<Enrolled>("enrolled"),
    token: () => vault.read<AccessToken>("token"),
    keepEnrolled: (enrolled) => vault.write("enrolled", enrolled),
    keepToken: (token) => vault.write("token", token),
  });
  return { vault, client, partner, api: new TillApi(client) };
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
