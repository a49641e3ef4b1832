/** /v1/card: what a citizen does with the card. Amounts are fen, times ISO 8601. */
import type { Client } from "./client";

export type CardStatus = "ISSUED" | "ACTIVE" | "FROZEN" | "LOST" | "REISSUED" | "CANCELLED";
export const PURPOSES = ["02121", "01101", "01301", "01302"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Card {
  readonly id: string;
  readonly status: CardStatus;
  readonly created_at: string;
  readonly on_this_device?: "PENDING" | "ACTIVE" | "STALE" | "REVOKED" | null;
}

export interface CardCode {
  readonly code: string;
  readonly expires_at: string;
  readonly refresh_after_s: number;
  readonly qr_svg: string;
  readonly code128_svg: string;
}

export interface Parts {
  readonly total: number;
  readonly fund: number;
  readonly account: number;
  readonly cash: number;
}

export type PurchaseStatus =
  | "HOLDING"
  | "CASH_PENDING"
  | "SETTLED"
  | "PARTIALLY_REFUNDED"
  | "REVERSED"
  | "VOIDED";

export interface PurchaseItem extends Parts {
  readonly id: string;
  readonly at: string;
  readonly merchant: string;
  readonly status: PurchaseStatus;
  readonly returned: number;
}

export interface Split extends Parts {
  readonly own: number;
  readonly over: number;
  readonly self_first: number;
  readonly in_scope: number;
  readonly deductible: number;
  readonly person: number;
  readonly mutual: number;
}

export interface PurchaseLine extends Split {
  readonly n: number;
  readonly names: { readonly zh: string; readonly en: string };
  readonly category: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly returned_quantity?: number;
}

export interface Refund extends Parts {
  readonly id: string;
  readonly at: string;
}

export interface Purchase {
  readonly id: string;
  readonly at: string;
  readonly merchant: string;
  readonly status: PurchaseStatus;
  readonly split: Split;
  readonly lines: readonly PurchaseLine[];
  readonly rule: { readonly id: string; readonly version: string };
  readonly trace: readonly { readonly text: string; readonly line?: number | null }[];
  readonly refunds: readonly Refund[];
  readonly adjustments: readonly { readonly id: string; readonly due: number; readonly at: string }[];
}

interface Words {
  readonly zh: string;
  readonly en: string;
}

export interface CardLogItem {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actor_kind: string;
  readonly action_words: Words;
  readonly purpose_words: Words;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

export interface WantedKey {
  readonly key: string;
  readonly proof: string;
}

export interface OfflineCredentials {
  readonly credentials: readonly string[];
  readonly expires_at: string;
  readonly cap_fen: number;
}

export class CardApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  read(): Promise<Card> {
    return this.#client.get("/v1/card");
  }

  /** Needs a face not older than five minutes, as `unfreeze` does. */
  bind(): Promise<Card> {
    return this.#client.post("/v1/card");
  }

  freeze(): Promise<Card> {
    return this.#client.post("/v1/card/freeze");
  }

  unfreeze(): Promise<Card> {
    return this.#client.post("/v1/card/unfreeze");
  }

  reportLoss(): Promise<Card> {
    return this.#client.post("/v1/card/report-loss");
  }

  /** A code of one's own card, or by a mandate of the card of whoever gave it. */
  code(purpose: Purpose, mandate: string | null = null): Promise<CardCode> {
    return this.#client.post("/v1/card/codes", mandate === null ? { purpose } : { purpose, mandate_id: mandate });
  }

  offlineCredentials(keys: readonly WantedKey[]): Promise<OfflineCredentials> {
    return this.#client.post("/v1/card/offline-credentials", { keys });
  }

  purchases(cursor: string | null = null, limit = 20): Promise<Page<PurchaseItem>> {
    return this.#client.get("/v1/card/purchases", { cursor, limit });
  }

  purchase(id: string): Promise<Purchase> {
    return this.#client.get(`/v1/card/purchases/${encodeURIComponent(id)}`);
  }

  /** A signed PDF: what was bought, who paid what and why. */
  async receipt(id: string): Promise<Uint8Array> {
    const path = `/v1/card/purchases/${encodeURIComponent(id)}/receipt.pdf`;
    return (await this.#client.call("GET", path)).bytes();
  }

  log(cursor: string | null = null): Promise<Page<CardLogItem>> {
    return this.#client.get("/v1/card/log", { cursor, limit: 30 });
  }
}
