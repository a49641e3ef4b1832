/** The operator's side of the system: a key and a store of its own. */
import { Client } from "@/api/client";
import { Operations, OperatorSession, type Enrolled } from "@/api/operator";
import { FetchTransport } from "@/device/fetching";
import { DeviceKey } from "@/device/keys";
import { origin } from "@/device/origin";
import { Vault } from "@/device/vault";
import { language } from "@/ui/settings";

export interface Console {
  readonly session: OperatorSession;
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
  const session = new OperatorSession(client, {
    read: () => vault.read<Enrolled>("enrolled"),
    write: (enrolled) => vault.write("enrolled", enrolled),
  });
  return { session, operations: new Operations(client) };
}
