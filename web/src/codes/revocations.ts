/** Revocations as the issuer publishes them in signed pieces, as `codes/revocations.py` reads them. */
import { below, hexOf, isBy, isBytes, membersOf, readSigned } from "./cose_reading";
import { Malformed } from "./malformed";
import { ALIAS_BYTES, type IssuerKeys } from "./points";

const USE = "zr-card-revocations-1";
const PIECE = 10_000;
const MOST_BYTES = PIECE * ALIAS_BYTES + 512;
const MOST = 2 ** 33;

/** What a till knows. The beginning knows nothing and is too old for every check. */
export interface Revocations {
  readonly upto: number;
  /** When the issuer last said that this was all; seconds since 1970. */
  readonly at: number;
  /** Whether the last piece reached the newest revocation. */
  readonly complete: boolean;
  /** Hex. */
  readonly aliases: ReadonlySet<string>;
}

export const NOTHING_KNOWN: Revocations = { upto: 0, at: 0, complete: false, aliases: new Set() };

export type PieceReason = "MALFORMED" | "UNKNOWN_ISSUER" | "BAD_SIGNATURE" | "NOT_NEXT" | "OLDER";

/** A piece was not taken in; what was known stays. */
export class PieceRefused extends Error {
  override readonly name = "PieceRefused";
  readonly reason: PieceReason;

  constructor(reason: PieceReason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * What is known after one more piece. It has the form of one (1), the issuer signed it as one (2),
 * it begins where the last one ended, or at 0 (3), and is not older than the last one (4).
 */
export async function withPiece(known: Revocations, data: Uint8Array, keys: IssuerKeys): Promise<Revocations> {
  const piece = await pieceIn(data, keys); // 1, 2
  if (piece.since !== 0 && piece.since !== known.upto) throw new PieceRefused("NOT_NEXT"); // 3
  if (piece.at < known.at) throw new PieceRefused("OLDER"); // 4
  const complete = piece.upto === piece.head;
  return {
    upto: piece.upto,
    at: complete ? piece.at : known.at, // half of a list must not look fresh
    complete,
    aliases: new Set([...(piece.since === 0 ? [] : known.aliases), ...piece.aliases]),
  };
}

interface Piece {
  readonly since: number;
  readonly upto: number;
  readonly head: number;
  readonly at: number;
  readonly aliases: readonly string[];
}

async function pieceIn(data: Uint8Array, keys: IssuerKeys): Promise<Piece> {
  try {
    if (data.length > MOST_BYTES) throw new Malformed();
    const signed = readSigned(data);
    const piece = claimsOf(signed.payload);
    const key = keys.get(hexOf(signed.keyId ?? new Uint8Array()));
    if (key === undefined) throw new PieceRefused("UNKNOWN_ISSUER");
    if (!(await isBy(signed, key, USE))) throw new PieceRefused("BAD_SIGNATURE");
    return piece;
  } catch (failure) {
    throw failure instanceof Malformed ? new PieceRefused("MALFORMED") : failure;
  }
}

function claimsOf(payload: Uint8Array): Piece {
  const [since, upto, head, at, joined] = membersOf(payload, 5);
  const piece = { since: below(since, MOST), upto: below(upto, MOST), head: below(head, MOST), at: below(at, MOST) };
  if (!isBytes(joined) || joined.length % ALIAS_BYTES !== 0) throw new Malformed();
  if (piece.since > piece.upto || piece.upto > piece.head) throw new Malformed();
  const aliases = Array.from({ length: joined.length / ALIAS_BYTES }, (_, n) =>
    hexOf(joined.subarray(n * ALIAS_BYTES, (n + 1) * ALIAS_BYTES)),
  );
  return { ...piece, aliases };
}
