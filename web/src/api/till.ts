/** What a till asks of the system. All money is whole fen. */
import type { Client } from "./client";

export type Action = "RESCAN" | "RETRY" | "QUERY" | "CANCEL" | "CONTACT";
/** National purposes that a pharmacy's or clinic's till asks for and that pay for something. */
export const PURPOSES = ["02121", "01301"] as const;
export type TillPurpose = (typeof PURPOSES)[number];

/** Whose card was shown, masked, and the token that proves it was. */
export interface Decoded {
  readonly holder: { readonly name: string; readonly citizen_number: string };
  readonly presence_token: string;
  readonly expires_at: string;
  readonly shown_by: "holder" | "representative" | "paper";
  readonly amount_cap?: number;
}

export interface Names {
  readonly zh: string;
  readonly en: string;
}

export interface Item {
  readonly code: string;
  readonly barcode: string;
  readonly names: Names;
  /** Of the Chinese name's pinyin. */
  readonly initials: string;
  readonly kind: "medicine" | "remedy" | "device" | "service";
  readonly specification: string;
  readonly unit: string;
  readonly category: string;
  readonly limit_fen?: number;
  readonly prescription: boolean;
}

export interface AskedLine {
  readonly code: string;
  readonly quantity: number;
  readonly unit_price_fen: number;
}

export interface Split {
  readonly total: number;
  readonly own: number;
  readonly over: number;
  readonly self_first: number;
  readonly in_scope: number;
  readonly deductible: number;
  readonly fund: number;
  readonly person: number;
  /** Own account and mutual aid together. */
  readonly account: number;
  readonly mutual: number;
  readonly cash: number;
}

export interface SoldLine extends Split {
  readonly n: number;
  readonly code: string;
  readonly names: Names;
  readonly category: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly returned_quantity: number;
}

export interface Quote {
  readonly quote_id: string;
  readonly expires_at: string;
  readonly rule: { readonly id: string; readonly version: string };
  readonly split: Split;
  readonly lines: readonly SoldLine[];
}

export interface GivenBack {
  readonly id: string;
  readonly settlement_id: string;
  readonly msgid: string;
  readonly whole: boolean;
  readonly total: number;
  readonly fund: number;
  readonly account: number;
  readonly mutual: number;
  readonly cash: number;
  readonly at: string;
}

export type SettlementStatus = "HOLDING" | "CASH_PENDING" | "SETTLED" | "PARTIALLY_REFUNDED" | "REVERSED" | "VOIDED";

export interface Settlement {
  readonly settlement_id: string;
  readonly msgid: string;
  readonly status: SettlementStatus;
  readonly cash_by: "none" | "till" | "provider";
  readonly split: Split;
  readonly lines: readonly SoldLine[];
  readonly rule: { readonly id: string; readonly version: string };
  readonly created_at: string;
  readonly settled_at: string | null;
  readonly refunds: readonly GivenBack[];
}

/** What became of a message. */
export interface MessageState {
  readonly msgid: string;
  readonly status: "COMMITTED" | "PENDING" | "REJECTED" | "NEVER_SEEN";
  readonly fenced: boolean;
  readonly code?: string | null;
  readonly settlement_id?: string | null;
  readonly refund_id?: string | null;
}

/** A code that was taken without a network, and what was sold on it. */
export interface Upload {
  readonly code: string;
  readonly sale: {
    readonly sale_id: string;
    readonly lines: readonly { readonly item: string; readonly quantity: number; readonly amount_fen: number }[];
  };
}

export interface Outcome {
  readonly sale_id: string;
  /** ACCEPTED, or the code of a refusal. */
  readonly verdict: string;
  readonly detail?: string | null;
  readonly action?: Action | null;
  readonly presence_token?: string | null;
  readonly expires_at?: string | null;
}

/** What the settlement, refund or reversal of one `msgid` is sent as. */
export interface Message {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const MOST_UPLOADS = 50;
export const SETTLEMENTS = "/v1/terminal/settlements";

export class TillApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Whose code it is; a code answers once. */
  decode(code: string, purpose: TillPurpose): Promise<Decoded> {
    return this.#client.post("/v1/terminal/decode", { code, purpose }, { once: false });
  }

  async find(text: string): Promise<readonly Item[]> {
    return (await this.#client.get<{ items: Item[] }>("/v1/terminal/items", { q: text })).items;
  }

  async ofBarcode(barcode: string): Promise<Item | null> {
    return (await this.#client.get<{ items: Item[] }>("/v1/terminal/items", { barcode })).items[0] ?? null;
  }

  /** Who would pay what; nothing is reserved. */
  quote(token: string, lines: readonly AskedLine[]): Promise<Quote> {
    return this.#client.post("/v1/terminal/quotes", { presence_token: token, lines }, { once: false });
  }

  /** A quote again, such as the fresh one that a stale one led to. */
  readQuote(id: string): Promise<Quote> {
    return this.#client.get(`/v1/terminal/quotes/${id}`);
  }

  /** Sends a write, once; it is told apart by its `msgid` for ever. */
  send(message: Message): Promise<Settlement | GivenBack> {
    return this.#client.post(message.path, message.body, { once: false });
  }

  /** `fence`: make sure that a late arrival has no effect. */
  message(msgid: string, fence = false): Promise<MessageState> {
    return this.#client.get(`${SETTLEMENTS}/by-msgid/${msgid}`, fence ? { fence: "1" } : {});
  }

  settlement(id: string): Promise<Settlement> {
    return this.#client.get(`${SETTLEMENTS}/${id}`);
  }

  /** Where anybody can have the receipt checked. */
  async checkLink(id: string): Promise<string> {
    return (await this.#client.get<{ check_url: string }>(`${SETTLEMENTS}/${id}/receipt`)).check_url;
  }

  /** The receipt as a signed file. */
  async receipt(id: string): Promise<Uint8Array> {
    return (await this.#client.call("GET", `${SETTLEMENTS}/${id}/receipt.pdf`)).bytes();
  }

  async upload(uploads: readonly Upload[]): Promise<readonly Outcome[]> {
    const body = { uploads };
    return (await this.#client.post<{ outcomes: Outcome[] }>("/v1/terminal/uploads", body, { once: false })).outcomes;
  }

  /** Published for everybody: nobody has to sign in. */
  cardKeys(): Promise<unknown> {
    return this.#client.call("GET", "/.well-known/card-keys", { signedIn: false }).then((reply) => reply.json());
  }

  async revocations(since: number): Promise<Uint8Array> {
    const call = { query: { since }, signedIn: false };
    return (await this.#client.call("GET", "/.well-known/card-revocations", call)).bytes();
  }
}
