/** Who is signed in, masked. */
import type { Client } from "./client";

export interface Me {
  readonly name: string;
  readonly citizen_number: string;
  readonly level: string;
  readonly authenticated_at: string;
}

export const me = (client: Client): Promise<Me> => client.get<Me>("/v1/me");
