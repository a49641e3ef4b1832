/** The phone's side of the system: one key, one line to the API, one identity. */
import type { Client } from "@/api/client";
import { Identity, type TokenPair } from "@/api/tokens";
import type { DeviceKey } from "@/device/keys";
import { lineOf } from "@/device/line";
import { Vault } from "@/device/vault";

export interface System {
  readonly vault: Vault;
  readonly key: DeviceKey;
  readonly client: Client;
  readonly identity: Identity;
}

let begun: Promise<System> | null = null;

/** Made at first use, once. */
export function system(): Promise<System> {
  begun ??= begin();
  return begun;
}

async function begin(): Promise<System> {
  const { vault, key, client } = await lineOf(new Vault("citizen"));
  const identity = new Identity(client, {
    read: () => vault.read<TokenPair>("tokens"),
    write: (pair) => vault.write("tokens", pair),
  });
  return { vault, key, client, identity };
}
