/** The operator's side of the system: a key and a store of its own. */
import type { Client } from "@/api/client";
import { Operations } from "@/api/operator";
import type { Partner } from "@/api/partner";
import { partnerOf } from "@/device/line";
import { Vault } from "@/device/vault";

export interface Console {
  readonly client: Client;
  readonly partner: Partner;
  readonly operations: Operations;
}

export async function begin(): Promise<Console> {
  const line = await partnerOf(new Vault("operator"));
  return { ...line, operations: new Operations(line.client) };
}
