/** The desk's side of the system: a key and a store of its own. */
import { ref } from "vue";
import type { Client } from "@/api/client";
import { DeskApi } from "@/api/desk";
import type { Partner } from "@/api/partner";
import { partnerOf } from "@/device/line";
import { Vault } from "@/device/vault";
import { Writes, type OpenWrite, type WriteStore } from "./writes";

export interface Counter {
  readonly vault: Vault;
  readonly client: Client;
  readonly partner: Partner;
  readonly api: DeskApi;
  readonly writes: Writes;
}

const WRITES = "writes";
/** Writes without an answer, as the screens show them. */
export const openWrites = ref<readonly OpenWrite[]>([]);
/** Stops that were asked for once more, for the screen that tells what became of everybody. */
export const toldStops = ref<readonly string[]>([]);
/** What this desk may do. */
export const scopes = ref<ReadonlySet<string>>(new Set());

let begun: Promise<Counter> | null = null;

/** Made at first use, once. */
export function counter(): Promise<Counter> {
  begun ??= begin();
  return begun;
}

async function begin(): Promise<Counter> {
  const { vault, client, partner } = await partnerOf(new Vault("desk"));
  const api = new DeskApi(client);
  const writes = new Writes({
    store: storeIn(vault),
    send: (path, body, key) => api.write(path, body, key),
    newKey: () => client.onceKey(),
    now: () => Date.now(),
    tell: (open) => {
      openWrites.value = open;
    },
  });
  await writes.open();
  return { vault, client, partner, api, writes };
}

function storeIn(vault: Vault): WriteStore {
  return {
    change: (next) =>
      alone(async () => {
        const changed = next((await vault.read<readonly OpenWrite[]>(WRITES)) ?? []);
        await vault.write(WRITES, changed);
        return changed;
      }),
  };
}

/** Two windows of one desk must not overwrite each other's list. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks === undefined) return work();
  return navigator.locks.request("zero-run.desk-writes", work) as Promise<T>;
}
