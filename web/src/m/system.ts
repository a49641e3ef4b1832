/** The phone's side of the system: one key, one line to the API, one identity. */
import { Client } from "@/api/client";
import { Identity, type TokenPair } from "@/api/tokens";
import { FetchTransport } from "@/device/fetching";
import { DeviceKey } from "@/device/keys";
import { origin } from "@/device/origin";
import { Vault } from "@/device/vault";
import { language } from "@/ui/settings";

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
  const vault = new Vault("citizen");
  const key = await DeviceKey.kept(vault);
  const client = new Client({
    transport: new FetchTransport(),
    signer: key,
    origin: origin(),
    language: () => language.value,
    clock: () => Date.now() / 1000,
  });
  const identity = new Identity(client, {
    read: () => vault.read<TokenPair>("tokens"),
    write: (pair) => vault.write("tokens", pair),
  });
  return { vault, key, client, identity };
}
