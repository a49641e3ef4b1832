/**
 * The device's own store (IndexedDB): keys that cannot be read out, tokens, and what each page
 * keeps over a reload. A page names its store; pages of one origin do not share keys.
 */
const SHELF = "things";

export class Vault {
  readonly #name: string;
  readonly #durability: IDBTransactionDurability;
  #open: Promise<IDBDatabase> | null = null;

  /** `strict`: what is written is on the disk, not only with the browser, when the promise is fulfilled. */
  constructor(name: string, durability: IDBTransactionDurability = "default") {
    this.#name = `zero-run.${name}`;
    this.#durability = durability;
  }

  async read<T>(key: string): Promise<T | null> {
    return ((await this.#asked("readonly", (shelf) => shelf.get(key))) as T | undefined) ?? null;
  }

  /** What is kept under a name from now on: what another window put there, or else this. */
  async settle<T>(key: string, made: T): Promise<T> {
    const kept = await this.#asked("readwrite", (shelf) => {
      const found = shelf.get(key);
      found.onsuccess = () => {
        if (found.result === undefined) shelf.put(made, key);
      };
      return found;
    });
    return (kept as T | undefined) ?? made;
  }

  /** Null takes the thing away. */
  async write(key: string, thing: unknown): Promise<void> {
    await this.#asked("readwrite", (shelf) =>
      thing === null ? shelf.delete(key) : shelf.put(thing, key),
    );
  }

  async clear(): Promise<void> {
    await this.#asked("readwrite", (shelf) => shelf.clear());
  }

  async #asked(mode: IDBTransactionMode, ask: (shelf: IDBObjectStore) => IDBRequest): Promise<unknown> {
    this.#open ??= opened(this.#name);
    const transaction = (await this.#open).transaction(SHELF, mode, { durability: this.#durability });
    const request = ask(transaction.objectStore(SHELF));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("the store is full or closed"));
    });
  }
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no store"));
  });
}
