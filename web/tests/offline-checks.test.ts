/** Offline codes read and judged in the page as the system's `codes` judges them (tests/codes/page_vectors.py). */
import { describe, expect, it } from "vitest";
import { base45 } from "@/codes/base45";
import { fromBase45 } from "@/codes/base45_reading";
import { cbor } from "@/codes/cbor";
import { fromCbor } from "@/codes/cbor_reading";
import { check } from "@/codes/checking";
import { Malformed } from "@/codes/malformed";
import { issuerKeys } from "@/codes/points";
import { NOTHING_KNOWN, PieceRefused, withPiece } from "@/codes/revocations";
import vectors from "./offline-codes.json";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
const PURPOSE = "02121";

describe("reading", () => {
  it.each(vectors.base45 as [string, string][])("gives back %s of its base45", (hex, text) => {
    expect(fromBase45(text)).toEqual(bytes(hex));
    expect(base45(fromBase45(text))).toBe(text);
  });

  it.each(vectors.misspelled.base45)("refuses %j, which no bytes are written as", (text) => {
    expect(() => fromBase45(text)).toThrow(Malformed);
  });

  it.each(vectors.cbor as unknown as [unknown, string][])("gives back %j of its CBOR", (_, hex) => {
    expect(cbor(fromCbor(bytes(hex)))).toEqual(bytes(hex));
  });

  it.each(vectors.misspelled.cbor)("refuses the bytes %j, which are no item as it has to be spelled", (hex) => {
    expect(() => fromCbor(bytes(hex))).toThrow(Malformed);
  });
});

describe("an offline code before a till", () => {
  it.each(vectors.checks.map((one, at) => [at, one.reason, one] as const))("number %i is judged %s", async (_, __, one) => {
    const revocations = { ...NOTHING_KNOWN, ...one.list, aliases: new Set(one.list.aliases) };
    const verdict = await check(one.code, { keys: await issuerKeys(vectors.jwks), revocations }, one.now, PURPOSE);

    expect({ reason: verdict.reason, alias: verdict.alias, cap: verdict.cap }).toEqual({
      reason: one.reason,
      alias: one.alias,
      cap: one.cap,
    });
  });

  it("is never accepted with one character changed", async () => {
    const good = vectors.checks[0]!;
    const revocations = { ...NOTHING_KNOWN, ...good.list, aliases: new Set(good.list.aliases) };
    const keys = await issuerKeys(vectors.jwks);
    for (let at = 0; at < good.code.length; at += 1) {
      const letter = good.code[at] === "7" ? "8" : "7";
      const text = good.code.slice(0, at) + letter + good.code.slice(at + 1);
      expect((await check(text, { keys, revocations }, good.now, PURPOSE)).reason, `character ${at}`).not.toBeNull();
    }
  });
});

describe("the issuer's keys and list", () => {
  it("are taken in piece by piece, and nothing is that is not next, not the issuer's, or older", async () => {
    const keys = await issuerKeys(vectors.jwks);
    let known = NOTHING_KNOWN;
    for (const piece of vectors.pieces) {
      const refused = await withPiece(known, bytes(piece.data), keys).then(
        (after) => void (known = after),
        (failure: PieceRefused) => failure.reason,
      );
      expect(refused ?? null).toBe(piece.refused);
      const { upto, at, complete, aliases } = known;
      expect({ upto, at, complete, aliases: [...aliases].sort() }).toEqual({
        upto: piece.upto,
        at: piece.at,
        complete: piece.complete,
        aliases: piece.aliases,
      });
    }
  });

  it.each([null, {}, { keys: [{}] }, { keys: [{ ...vectors.jwks.keys[0], d: "AA" }] }, { keys: [{ ...vectors.jwks.keys[0], x: "AA" }] }])(
    "are refused where a member is no public key: %j",
    async (jwks) => {
      await expect(issuerKeys(jwks)).rejects.toThrow(Malformed);
    },
  );
});
