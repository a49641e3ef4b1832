/** The page's own offline codes against bytes made by the system's `codes` (tests/codes/page_vectors.py). */
import { describe, expect, it } from "vitest";
import { base45 } from "@/codes/base45";
import { cbor, type Item } from "@/codes/cbor";
import { low } from "@/codes/cose";
import { minuteOf, pointOf, present, prove } from "@/codes/offline";
import { qrSvg } from "@/codes/picture";
import vectors from "./offline-codes.json";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (data: Uint8Array): string => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

function itemOf(plain: unknown): Item {
  if (typeof plain === "number" || typeof plain === "string") return plain;
  if (Array.isArray(plain)) return plain.map(itemOf);
  const { hex, map } = plain as { hex?: string; map?: [number, unknown][] };
  return hex === undefined ? new Map((map ?? []).map(([key, value]) => [key, itemOf(value)])) : bytes(hex);
}

describe("offline codes", () => {
  it.each(vectors.base45 as [string, string][])("writes %s in base45", (hex, text) => {
    expect(base45(bytes(hex))).toBe(text);
  });

  it.each(vectors.cbor as unknown as [unknown, string][])("writes %j in CBOR", (plain, hex) => {
    expect(hexOf(cbor(itemOf(plain)))).toBe(hex);
  });

  it.each([1.5, Number.NaN, 2 ** 32])("refuses %d, which no code holds", (number) => {
    expect(() => cbor(number)).toThrow(RangeError);
  });

  it("writes a signature in the one spelling that counts", () => {
    expect(vectors.low.some(([given, lowered]) => given !== lowered)).toBe(true);
    for (const [given, lowered] of vectors.low) expect(hexOf(low(bytes(given!)))).toBe(lowered);
  });

  it.each(vectors.codes)("makes the code of purpose $purpose to the byte", async (one) => {
    const signs = new Map(one.signs.map(([message, signature]) => [message!, bytes(signature!)]));
    const sign = async (message: Uint8Array) => signs.get(hexOf(message)) ?? expect.fail("another message");
    const shown = { issued: bytes(one.issued), minute: one.minute, purpose: one.purpose, nonce: bytes(one.nonce) };

    expect(await present(shown, sign)).toBe(one.code);
    expect(hexOf(pointOf(one))).toBe(one.point);
    expect(hexOf(await prove(bytes(one.point), one.device, sign))).toBe(one.proof);
  });

  it("makes no code of a purpose or nonce in another form, nor one too long for its picture", async () => {
    const sign = async () => new Uint8Array(64);
    const shown = { issued: new Uint8Array(139), minute: 1, purpose: "02121", nonce: new Uint8Array(8) };

    await expect(present({ ...shown, purpose: "2121" }, sign)).rejects.toThrow(RangeError);
    await expect(present({ ...shown, nonce: new Uint8Array(7) }, sign)).rejects.toThrow(RangeError);
    await expect(present({ ...shown, issued: new Uint8Array(230) }, sign)).rejects.toThrow(RangeError);
  });

  it("draws a code as QR of version 11, and refuses what is beyond version 13", () => {
    expect(qrSvg(vectors.codes[0]!.code)).toContain(`viewBox="0 0 ${17 + 4 * 11 + 8} ${17 + 4 * 11 + 8}"`);
    expect(() => qrSvg("0".repeat(500))).toThrow(RangeError);
  });

  it("counts minutes as the tills do", () => {
    expect(minuteOf(29_923_680 * 60 + 59.999)).toBe(29_923_680);
  });
});
