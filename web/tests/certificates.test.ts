import { describe, expect, it } from "vitest";
import { Client } from "@/api/client";
import { IssuingApi, type BatchItem, type IssuedCertificate } from "@/api/issuing";
import type { Notice } from "@/api/myself";
import type { Signer } from "@/api/ports";
import { Problem } from "@/api/problem";
import { faceWanted, levelOf, waitOf } from "@/m/asking";
import { history, lookAgainAfter, progressOf, shelved, stateName, worthRetrying } from "@/m/certificates/showing";

const signer: Signer = {
  jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" },
  sign: () => Promise.resolve(new Uint8Array(64)),
  digest: () => Promise.resolve(new Uint8Array(32)),
  random: (count) => new Uint8Array(count),
};
const titles = { zh: "无房证明", en: "No home" };
const one: IssuedCertificate = {
  id: "cer_1",
  type: "no_housing",
  titles,
  number: "1",
  version: 1,
  status: "valid",
  issued_at: "2026-11-30T01:00:00Z",
  valid_until: "2026-12-30T01:00:00Z",
  provisional: false,
};
const item = (status: string, more: Partial<BatchItem> = {}): BatchItem => ({
  type: status,
  titles,
  status,
  certificate: null,
  problem: null,
  ...more,
});

function api(told: unknown): IssuingApi {
  const carry = () =>
    Promise.resolve({
      status: 200,
      header: () => null,
      json: () => Promise.resolve(told),
      bytes: () => Promise.resolve(new Uint8Array()),
    });
  const line = { transport: { carry }, signer, origin: "https://city.example", language: () => "en", clock: () => 0 };
  return new IssuingApi(new Client(line));
}

describe("a batch", () => {
  it("has null where the API leaves a member out, so that a waiting item is not taken for issued", async () => {
    const sent = { id: "bat_1", ended: false, items: [{ type: "a", titles, status: "queued" }] };
    const batch = await api(sent).batch("bat_1");
    expect(batch.items[0]).toMatchObject({ status: "queued", certificate: null, problem: null });
  });

  it("counts what ended, either way", () => {
    const items = [item("issued"), item("refused"), item("running"), item("queued")];
    expect(progressOf(items)).toEqual({ count: 4, done: 2, issued: 1, refused: 1 });
  });

  it("is looked at again sooner at first, and never less than every three seconds", () => {
    expect(lookAgainAfter(0)).toBe(400);
    expect(lookAgainAfter(1)).toBeGreaterThan(lookAgainAfter(0));
    expect(lookAgainAfter(500)).toBe(3000);
  });

  it("offers to try again what failed for the moment, not what the record says", () => {
    expect(worthRetrying(item("refused", { problem: { status: 503 } }))).toBe(true);
    expect(worthRetrying(item("refused", { problem: { status: 409 } }))).toBe(false);
    expect(worthRetrying(item("issued"))).toBe(false);
  });
});

describe("a certificate", () => {
  it("is among those in use while valid or suspended", () => {
    const all = ["valid", "suspended", "superseded", "revoked", "expired"].map((status) => ({ ...one, status }));
    const { current, past } = shelved(all);
    expect(current.map(({ status }) => status)).toEqual(["valid", "suspended"]);
    expect(past.map(({ status }) => status)).toEqual(["superseded", "revoked", "expired"]);
  });

  it("shows a state it does not know by its name", () => {
    expect(stateName("valid")[0]).toBe("有效");
    expect(stateName("frozen")).toEqual(["frozen", "frozen"]);
    expect(stateName("toString")).toEqual(["toString", "toString"]);
  });

  it("has a history, the last first, of its own notices only", () => {
    const notice = (about: string, kind: string, at: string): Notice => ({ id: at, at, kind, about, zh: kind, en: kind });
    const told = [
      notice("cer_1", "certificate.suspended", "2026-12-02T00:00:00Z"),
      notice("cer_2", "certificate.revoked", "2026-12-03T00:00:00Z"),
    ];
    const happened = history({ ...one, archived_at: "2026-11-30T01:00:05Z" }, told);
    expect(happened.map(({ words }) => words[1])).toEqual([
      "certificate.suspended",
      "Given a trusted time; can be checked for years",
      "Issued and sealed",
    ]);
  });

  it("tells of a confirmation once", () => {
    const confirmed = { ...one, confirmed_at: "2026-12-01T00:00:00Z" };
    const notice = { id: "n", at: "2026-12-01T00:00:00Z", kind: "certificate.confirmed", about: "cer_1", zh: "确认", en: "c" };
    expect(history(confirmed, [])).toHaveLength(2);
    expect(history(confirmed, [notice])).toHaveLength(2);
  });
});

describe("a refusal", () => {
  it("leads to the face at the level that is wanted", () => {
    expect(faceWanted(new Problem(401, { acr_values: "face:L2" }, null))).toBe("L2");
    expect(faceWanted(new Problem(401, {}, null))).toBe("L1");
    expect(faceWanted(new Problem(403, {}, null))).toBeNull();
    expect(faceWanted(new Error("x"))).toBeNull();
    expect(levelOf("face:L2 /evil")).toBe("L1");
  });

  it("waits as long as the server says, at least a second", () => {
    expect(waitOf(new Problem(503, {}, 7))).toBe(7);
    expect(waitOf(new Problem(429, {}, 0))).toBe(1);
    expect(waitOf(new Problem(503, {}, null))).toBeNull();
    expect(waitOf(new Problem(409, {}, 7))).toBeNull();
  });
});
