/** Where a till keeps what it must not forget; the vault in a browser, a map in a test. */
export interface Store {
  read<T>(key: string): Promise<T | null>;
  /** Null takes the thing away. It is kept when the promise is fulfilled. */
  write(key: string, thing: unknown): Promise<void>;
}
