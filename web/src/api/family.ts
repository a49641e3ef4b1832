/** /v1/family: who may use whose card, and whose account pays for whom. Amounts are fen. */
import type { Page, Purpose } from "./card";
import type { Client } from "./client";

export const MERCHANT_KINDS = ["pharmacy", "hospital", "clinic", "office"] as const;
export type MerchantKind = (typeof MERCHANT_KINDS)[number];
export type Kind = "mandates" | "mutual-aid";

export interface Agreement {
  readonly id: string;
  readonly status: "OFFERED" | "ACTIVE" | "REVOKED" | "EXPIRED" | "DECLINED";
  readonly basis: "consent" | "birth_record";
  readonly role: "principal" | "agent" | "payer" | "beneficiary";
  readonly counterpart: string;
  readonly yearly_limit: number;
  readonly spent: number;
  readonly created_at: string;
  readonly expires_at: string;
  /** Of a mandate only, as the two below. */
  readonly purposes?: readonly Purpose[];
  readonly merchant_kinds?: readonly MerchantKind[];
  readonly purchase_limit?: number;
}

export interface Person {
  readonly citizen_number: string;
  readonly name: string;
}

export interface MandateTerms {
  readonly purposes: readonly Purpose[];
  readonly merchant_kinds: readonly MerchantKind[];
  readonly purchase_limit: number;
  readonly yearly_limit: number;
  readonly expires_at: string;
}

export interface AidTerms {
  readonly yearly_limit: number;
  readonly expires_at: string;
}

export type Answer = "acceptance" | "refusal" | "revocation";

export class FamilyApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  page(kind: Kind, cursor: string | null = null): Promise<Page<Agreement>> {
    return this.#client.get(`/v1/family/${kind}`, { cursor });
  }

  read(kind: Kind, id: string): Promise<Agreement> {
    return this.#client.get(`/v1/family/${kind}/${encodeURIComponent(id)}`);
  }

  /** Offering and accepting need a face not older than five minutes. */
  offerMandate(agent: Person, terms: MandateTerms): Promise<Agreement> {
    return this.#client.post("/v1/family/mandates", { ...agent, ...terms });
  }

  mandateOfChild(child: Person, terms: MandateTerms): Promise<Agreement> {
    return this.#client.post("/v1/family/mandates/children", { child, ...terms });
  }

  offerAid(beneficiary: Person, terms: AidTerms): Promise<Agreement> {
    return this.#client.post("/v1/family/mutual-aid", { ...beneficiary, ...terms });
  }

  answer(kind: Kind, id: string, answer: Answer): Promise<Agreement> {
    return this.#client.post(`/v1/family/${kind}/${encodeURIComponent(id)}/${answer}`);
  }
}

/** Whether the caller is the one who gave it. */
export function given({ role }: Agreement): boolean {
  return role === "principal" || role === "payer";
}
