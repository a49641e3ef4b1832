/** What a page of a browser has of its own: a key that cannot be read out, and its line to the API. */
import { Client } from "@/api/client";
import { Partner, type AccessToken, type Enrolled } from "@/api/partner";
import { language } from "@/ui/settings";
import { FetchTransport } from "./fetching";
import { DeviceKey } from "./keys";
import { origin } from "./origin";
import type { Vault } from "./vault";

export interface Line {
  readonly vault: Vault;
  readonly key: DeviceKey;
  readonly client: Client;
}

export async function lineOf(vault: Vault): Promise<Line> {
  const key = await DeviceKey.kept(vault);
  const client = new Client({
    transport: new FetchTransport(),
    signer: key,
    origin: origin(),
    language: () => language.value,
    clock: () => Date.now() / 1000,
  });
  return { vault, key, client };
}

/** The same for a counter, which signs in by its key alone. */
export async function partnerOf(vault: Vault): Promise<Line & { readonly partner: Partner }> {
  const line = await lineOf(vault);
  const partner = new Partner(line.client, {
    enrolled: () => vault.read<Enrolled>("enrolled"),
    token: () => vault.read<AccessToken>("token"),
    keepEnrolled: (enrolled) => vault.write("enrolled", enrolled),
    keepToken: (token) => vault.write("token", token),
  });
  return { ...line, partner };
}
