import { beforeEach, expect, test } from "vitest";
import { fromBase64url } from "../src/api/base64url";
import { Client } from "../src/api/client";
import { Partner, readCode, type AccessToken, type Enrolled } from "../src/api/partner";
import type { Reply, Request, Signer } from "../src/api/ports";

const ENROLLED: Enrolled = { client_id: "trm_1", kind: "terminal", name: "店", scopes: ["card.decode", "settlement"] };
const signer: Signer = {
  jwk: { kty: "EC", crv: "P-256", x: "xx", y: "yy" },
  sign: () => Promise.resolve(new Uint8Array(64)),
  digest: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)),
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
let sent: Request[];
let now: number;
let kept: { enrolled: Enrolled | null; token: AccessToken | null };
let partner: Partner;

function answered(told: unknown): Reply {
  return {
    status: 200,
    header: () => null,
    json: () => Promise.resolve(told),
    bytes: () => Promise.resolve(new Uint8Array()),
  };
}

beforeEach(() => {
  sent = [];
  now = 1_000_000;
  kept = { enrolled: null, token: null };
  const carry = (request: Request): Promise<Reply> => {
    sent.push(request);
    const token = { access_token: `token-${sent.length}`, expires_in: 600 };
    return Promise.resolve(answered(request.path === "/v1/enrolments" ? ENROLLED : token));
  };
  const client = new Client({
    transport: { carry },
    signer,
    origin: "https://city.example",
    language: () => "zh-CN",
    clock: () => now,
  });
  partner = new Partner(client, {
    enrolled: () => Promise.resolve(kept.enrolled),
    token: () => Promise.resolve(kept.token),
    keepEnrolled: async (enrolled) => void (kept.enrolled = enrolled),
    keepToken: async (token) => void (kept.token = token),
  });
});

test.each([
  ["7K3QD-9WZ2M", "7K3QD9WZ2M"],
  [" 7k3qd 9wz2m ", "7K3QD9WZ2M"],
  ["OILoi-11111", "0110111111"],
  ["7K3QD-9WZ2", null],
  ["UUUUU-UUUUU", null],
])("a typed code %s is read as %s", (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

test("a key that nobody enrolled has no token", async () => {
  expect(await partner.access()).toBeNull();
  expect(sent).toEqual([]);
});

test("enrolling sends the public key alone, under the caller's own once-key", async () => {
  await partner.enrol("7K3QD9WZ2M", "kept-key");
  expect(JSON.parse(String(sent[0]?.body?.data))).toEqual({ code: "7K3QD9WZ2M", jwk: signer.jwk });
  expect(sent[0]?.headers["Idempotency-Key"]).toBe("kept-key");
  expect(kept.enrolled).toEqual(ENROLLED);
});

test("the assertion is addressed to the system and names the key by its thumbprint", async () => {
  kept.enrolled = ENROLLED;
  await partner.access();
  const form = new URLSearchParams(String(sent[0]?.body?.data));
  const [header, claims] = (form.get("client_assertion") ?? "").split(".").map((part) => {
    try {
      return JSON.parse(new TextDecoder().decode(fromBase64url(part))) as Record<string, unknown>;
    } catch {
      return {};
    }
  });
  expect(header?.["kid"]).toHaveLength(43);
  expect(claims).toMatchObject({ iss: "trm_1", sub: "trm_1", aud: "https://city.example", exp: now + 60 });
  expect(form.get("scope")).toBe("card.decode settlement");
});

test("two calls at a time log in once, and later ones use the token until shortly before its end", async () => {
  kept.enrolled = ENROLLED;
  expect(await Promise.all([partner.access(), partner.access()])).toEqual(["token-1", "token-1"]);
  now += 570;
  expect(await partner.access()).toBe("token-1");
  now += 15;
  expect(await partner.access()).toBe("token-2");
});
