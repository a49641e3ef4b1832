import { describe, expect, it } from "vitest";
import { fromBase64url } from "@/api/base64url";
import { Client } from "@/api/client";
import { Unreachable, type Reply, type Request, type Signer } from "@/api/ports";
import { Problem } from "@/api/problem";
import { Identity, type TokenPair } from "@/api/tokens";

const NOW = 1_800_000_000;
const signer: Signer = {
  jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" },
  sign: () => Promise.resolve(new Uint8Array(64)),
  digest: (message) => crypto.subtle.digest("SHA-256", message as BufferSource).then((got) => new Uint8Array(got)),
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

function reply(status: number, told: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    header: (name) => headers[name] ?? null,
    json: () => Promise.resolve(told),
    bytes: () => Promise.resolve(new Uint8Array()),
  };
}

/** A server that answers one after the other, and remembers what it was asked. */
function line(...answers: (Reply | Error)[]): { client: Client; asked: Request[] } {
  const asked: Request[] = [];
  const transport = {
    carry: (request: Request) => {
      asked.push(request);
      const answer = answers.shift() ?? new Unreachable();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const told = { transport, signer, origin: "https://city.example", language: () => "en", clock: () => NOW };
  return { client: new Client(told), asked };
}

function claims(proof: string | undefined): Record<string, unknown> {
  const [, body = ""] = (proof ?? "").split(".");
  return JSON.parse(new TextDecoder().decode(fromBase64url(body))) as Record<string, unknown>;
}

function kept(pair: TokenPair | null): { read(): Promise<TokenPair | null>; write(p: TokenPair | null): Promise<void> } {
  let held = pair;
  return {
    read: () => Promise.resolve(held),
    write: (next) => {
      held = next;
      return Promise.resolve();
    },
  };
}

describe("a call", () => {
  it("proves the key for the address without its query, and for the token it carries", async () => {
    const { client, asked } = line(reply(200, {}));
    client.identify(() => Promise.resolve("token"));
    await client.get("/v1/me", { cursor: "a b", after: null });
    const told = claims(asked[0]?.headers["DPoP"]);
    expect(asked[0]?.path).toBe("/v1/me?cursor=a%20b");
    expect(told).toMatchObject({ htm: "GET", htu: "https://city.example/v1/me", iat: NOW });
    expect(told["ath"]).toBe("PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A");
    expect(asked[0]?.headers["Authorization"]).toBe("DPoP token");
  });

  it("has a key of its own for each write, or the one that is kept", async () => {
    const { client, asked } = line(reply(200, {}), reply(200, {}), reply(200, {}));
    await client.post("/a");
    await client.post("/a");
    await client.post("/a", {}, { once: "kept" });
    const [first, second, third] = asked.map((request) => request.headers["Idempotency-Key"]);
    expect(first).not.toBe(second);
    expect(third).toBe("kept");
  });

  it("tells a refusal by its code and when to come again", async () => {
    const { client } = line(reply(503, { code: "BUSY", detail: "later" }, { "Retry-After": "7" }));
    const refused = await client.get("/a").catch((problem: unknown) => problem);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ status: 503, code: "BUSY", detail: "later", retryAfter: 7 });
  });
});

describe("an identity", () => {
  const ended = { access: "old", refresh: "r1", until: NOW - 1 };

  it("uses a refresh token once for all who wait", async () => {
    const { client, asked } = line(reply(200, { access_token: "new", refresh_token: "r2", expires_in: 600 }));
    const identity = new Identity(client, kept(ended));
    expect(await Promise.all([identity.access(), identity.access()])).toEqual(["new", "new"]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers["Authorization"]).toBeUndefined();
  });

  it("is signed out when the server no longer knows the token, and not when it is away", async () => {
    const gone = new Identity(line(reply(400, { error: "invalid_grant" })).client, kept(ended));
    expect(await gone.access()).toBeNull();
    expect(await gone.signedIn()).toBe(false);
    const away = new Identity(line(new Unreachable()).client, kept(ended));
    await expect(away.access()).rejects.toBeInstanceOf(Unreachable);
    expect(await away.signedIn()).toBe(true);
  });
});
