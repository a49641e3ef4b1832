/**
 * Credentials for codes without a network: fetched before, one used a code, their keys in the
 * vault and not to be read out. As `sandbox/phone/offline.py` does it.
 */
import type { CardApi, WantedKey } from "@/api/card";
import { base64url, fromBase64url } from "@/api/base64url";
import type { Sign } from "@/codes/cose";
import { minuteOf, pointOf, present, prove } from "@/codes/offline";
import type { Vault } from "./vault";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;
const SHELF = "offline-tickets";
const BATCH = 30;
/** Below these the phone fetches anew while it can. */
const FEW = 10;
const SOON_S = 12 * 3600;

/** A credential, its key, and the code it was used for, if it was. */
interface Ticket {
  readonly key: CryptoKey;
  readonly issued: Uint8Array;
  /** Seconds since 1970. */
  readonly until: number;
  readonly cap: number;
  readonly minute: number | null;
  readonly purpose: string;
  readonly code: string;
}

export interface Stock {
  readonly left: number;
  /** Seconds since 1970; 0 without any. */
  readonly until: number;
  /** Fen that may be bought on one code. */
  readonly cap: number;
}

/** Every credential was used or is over: the phone needs a network once more. */
export class NoCodesLeft extends Error {
  override readonly name = "NoCodesLeft";
}

export class OfflineWallet {
  readonly #vault: Vault;
  readonly #now: () => number;

  constructor(vault: Vault, now: () => number = () => Date.now() / 1000) {
    this.#vault = vault;
    this.#now = now;
  }

  async stock(): Promise<Stock> {
    const unused = (await this.#tickets()).filter((one) => one.minute === null && one.until > this.#now());
    return { left: unused.length, until: unused[0]?.until ?? 0, cap: unused[0]?.cap ?? 0 };
  }

  /** Fetch new credentials where few are left; the new ones take the place of all earlier ones. */
  refill(api: CardApi, device: string): Promise<void> {
    return alone(async () => {
      const { left, until } = await this.stock();
      if (left >= FEW && until - this.#now() > SOON_S) return;
      const pairs = await Promise.all(Array.from({ length: BATCH }, () => fresh()));
      const wanted = await Promise.all(pairs.map((pair) => wantedBy(pair, device)));
      const reply = await api.offlineCredentials(wanted);
      const tickets = pairs.map((pair, at): Ticket => ({
        key: pair.privateKey,
        issued: fromBase64url(reply.credentials[at] ?? ""),
        until: Date.parse(reply.expires_at) / 1000,
        cap: reply.cap_fen,
        minute: null,
        purpose: "",
        code: "",
      }));
      await this.#vault.write(SHELF, tickets);
    });
  }

  /**
   * The code of this minute for a purpose; asked again within the minute it is the same. It is
   * kept before it is shown, so that no credential is ever used twice.
   */
  show(purpose: string): Promise<string> {
    return alone(async () => {
      const minute = minuteOf(this.#now());
      const tickets = await this.#tickets();
      const shown = tickets.find((one) => one.minute === minute && one.purpose === purpose);
      if (shown !== undefined) return shown.code;
      const at = tickets.findIndex((one) => one.minute === null && one.until > this.#now());
      const ticket = tickets[at];
      if (ticket === undefined) throw new NoCodesLeft();
      const nonce = crypto.getRandomValues(new Uint8Array(8));
      const code = await present({ issued: ticket.issued, minute, purpose, nonce }, signing(ticket.key));
      await this.#vault.write(SHELF, tickets.with(at, { ...ticket, minute, purpose, code }));
      return code;
    });
  }

  /** After a freeze or a loss, which end them all. */
  empty(): Promise<void> {
    return alone(() => this.#vault.write(SHELF, null));
  }

  async #tickets(): Promise<Ticket[]> {
    return (await this.#vault.read<Ticket[]>(SHELF)) ?? [];
  }
}

/** Two windows of one phone must not use one credential for two codes. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks === undefined) return work();
  return navigator.locks.request("zero-run.offline-tickets", work) as Promise<T>;
}

function fresh(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, false, ["sign"]);
}

async function wantedBy(pair: CryptoKeyPair, device: string): Promise<WantedKey> {
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const point = pointOf({ x, y });
  return { key: base64url(point), proof: base64url(await prove(point, device, signing(pair.privateKey))) };
}

function signing(key: CryptoKey): Sign {
  return async (message) => new Uint8Array(await crypto.subtle.sign(ES256, key, message as BufferSource));
}
