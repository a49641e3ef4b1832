/** The card on this phone: the API, the wallet for codes without a network, what was known last. */
import { CardApi, type Card } from "@/api/card";
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import { OfflineWallet } from "@/device/wallet";
import { system } from "../system";

const LAST = "card.last";

export interface Known {
  /** Null: there is none. */
  readonly card: Card | null;
  /** Whether it is what was known before, for want of a network. */
  readonly old: boolean;
}

export class Holding {
  readonly api: CardApi;
  readonly wallet: OfflineWallet;
  readonly #remember: (card: Card | null) => Promise<void>;
  readonly #last: () => Promise<Card | null>;
  readonly #device: () => Promise<string>;

  private constructor(parts: Awaited<ReturnType<typeof system>>) {
    const { client, vault, key } = parts;
    this.api = new CardApi(client);
    this.wallet = new OfflineWallet(vault);
    this.#remember = (card) => vault.write(LAST, card);
    this.#last = () => vault.read<Card>(LAST);
    this.#device = () => key.thumbprint();
  }

  static async begin(): Promise<Holding> {
    return new Holding(await system());
  }

  async read(): Promise<Known> {
    try {
      return { card: await this.keep(await this.api.read()), old: false };
    } catch (failure) {
      if (failure instanceof Unreachable) return { card: await this.#last(), old: true };
      if (!(failure instanceof Problem) || failure.code !== "CARD_NOT_FOUND") throw failure;
      await this.forget();
      return { card: null, old: false };
    }
  }

  /** A card that does not work here has no offline codes either. */
  async keep(card: Card): Promise<Card> {
    if (!works(card)) await this.wallet.empty();
    await this.#remember(card);
    return card;
  }

  async forget(): Promise<void> {
    await this.wallet.empty();
    await this.#remember(null);
  }

  /** Make codes for later ready; that it cannot be done now is no failure of what was asked. */
  async prepare(card: Card | null): Promise<void> {
    if (card === null || !works(card)) return;
    await this.wallet.refill(this.api, await this.#device()).catch(() => undefined);
  }
}

export function works(card: Card): boolean {
  return card.status === "ACTIVE" && card.on_this_device === "ACTIVE";
}
