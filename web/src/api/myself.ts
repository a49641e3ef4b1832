/** /v1/me: who I am, who saw my data, what I was told, what I agreed to. Times ISO 8601. */
import type { Client } from "./client";
import type { Page } from "./card";
import type { Titles } from "./issuing";

export interface Me {
  /** Masked, as the number is. */
  readonly name: string;
  readonly citizen_number: string;
  readonly level: string;
  readonly authenticated_at: string;
}

export interface Access {
  readonly id: string;
  readonly at: string;
  /** self, terminal, system, staff or family. */
  readonly actor_kind: string;
  readonly actor: string;
  readonly action: string;
  readonly action_words: Titles;
  readonly source_words?: Titles;
  /** live, not_found or failed. */
  readonly outcome?: string;
  readonly purpose: string;
  readonly purpose_words: Titles;
  readonly legal_basis?: Titles;
  readonly fields: readonly string[];
}

export interface Notice {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  /** Id of what it is about. */
  readonly about: string;
  readonly zh: string;
  readonly en: string;
}

export interface Consent {
  readonly id: string;
  readonly accepted_at: string;
  readonly purpose: string;
  readonly text_version: string;
  readonly text?: Titles;
  readonly outcome: string;
  readonly this_device: boolean;
}

export interface FaceDeleted {
  readonly sessions_ended: number;
  readonly judgements_deleted: number;
  readonly hashes_until?: string;
}

export class MyselfApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  me(): Promise<Me> {
    return this.#client.get("/v1/me");
  }

  accesses(cursor: string | null = null): Promise<Page<Access>> {
    return this.#client.get("/v1/me/accesses", { cursor });
  }

  notices(cursor: string | null = null): Promise<Page<Notice>> {
    return this.#client.get("/v1/me/notices", { cursor });
  }

  consents(cursor: string | null = null): Promise<Page<Consent>> {
    return this.#client.get("/v1/me/consents", { cursor });
  }

  async deleteFace(): Promise<FaceDeleted> {
    const reply = await this.#client.call("DELETE", "/v1/me/biometrics", { once: false });
    return (await reply.json()) as FaceDeleted;
  }
}
