/** The operator's side of the system: a key and a store of its own. */
import { Client } from "@/api/client";
import { Operations } from "@/api/operator";
import { Partner, type AccessToken, type Enrolled } from "@/api/partner";
import { FetchTransport } from "@/device/fetching";
import { DeviceKey } from "@/device/keys";
import { origin } from "@/device/origin";
import { Vault } from "@/device/vault";
import { language } from "@/ui/settings";

export interface Console {
  readonly client: Client;
  readonly operator: Partner;
  readonly operations: Operations;
}

export async function begin(): Promise<Console> {
  const vault = new Vault("operator");
  const client = new Client({
    transport: new FetchTransport(),
    signer: await DeviceKey.kept(vault),
    origin: origin(),
    language: () => language.value,
    clock: () => Date.now() / 1000,
  });
  const operator = new Partner(client, {
    enrolled: () => vault.read<Enrolled>("enrolled"),
    token: () => vault.read<AccessToken>("token"),
    keepEnrolled: (enrolled) => vault.write("enrolled", enrolled),
    keepToken: (token) => vault.write("token", token),
  });
  return { client, operator, operations: new Operations(client) };
}
