/** Items this till has looked up, and what it asked for them last: also there without a network. */
import type { Item } from "@/api/till";
import type { Store } from "./store";

const KEPT = "shelf";
const MOST = 5_000;
const MOST_FOUND = 20;

interface Kept {
  readonly item: Item;
  /** Fen. */
  readonly price: number | null;
}

export class Shelf {
  readonly #store: Store;
  #kept: Map<string, Kept>;

  private constructor(store: Store, kept: readonly Kept[]) {
    this.#store = store;
    this.#kept = new Map(kept.map((one) => [one.item.code, one]));
  }

  static async opened(store: Store): Promise<Shelf> {
    return new Shelf(store, (await store.read<Kept[]>(KEPT)) ?? []);
  }

  priceOf(code: string): number | null {
    return this.#kept.get(code)?.price ?? null;
  }

  ofBarcode(barcode: string): Item | null {
    return [...this.#kept.values()].find(({ item }) => item.barcode === barcode)?.item ?? null;
  }

  find(text: string): Item[] {
    const words = text.trim().toLowerCase();
    const all = [...this.#kept.values()].map(({ item }) => item);
    const holds = ({ names, initials }: Item): boolean => `${names.zh}\n${names.en}\n${initials}`.toLowerCase().includes(words);
    return all.filter(holds).slice(0, MOST_FOUND);
  }

  async remember(items: readonly Item[]): Promise<void> {
    for (const item of items) this.#put({ item, price: this.priceOf(item.code) });
    await this.#save();
  }

  async priced(item: Item, price: number): Promise<void> {
    this.#put({ item, price });
    await this.#save();
  }

  /** The one touched longest ago goes first. */
  #put(kept: Kept): void {
    this.#kept.delete(kept.item.code);
    this.#kept.set(kept.item.code, kept);
  }

  async #save(): Promise<void> {
    const kept = [...this.#kept.values()].slice(-MOST);
    await this.#store.write(KEPT, kept);
  }
}
