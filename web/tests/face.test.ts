import { describe, expect, it } from "vitest";
import { FrameChain, type Picture } from "@/api/chain";
import { faultOf, tidied } from "@/api/citizenNumber";
import { Client } from "@/api/client";
import { multipart } from "@/api/multipart";
import { Unreachable, type Reply, type Request, type Signer } from "@/api/ports";
import { Verification, type Claim } from "@/api/verification";
import { entryOf, suffices } from "@/face/entering";
import { film, UnsafeLight, type Filming } from "@/face/filming";
import { isSafe, placeAt } from "@/face/flashing";
import { keptUp, Pace, sized } from "@/face/pace";
import { Drafts } from "@/m/face/draft";

const signer: Signer = {
  jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" },
  sign: () => Promise.resolve(new Uint8Array(64)),
  digest: (message) => crypto.subtle.digest("SHA-256", message as BufferSource).then((got) => new Uint8Array(got)),
  random: (count) => new Uint8Array(count).fill(7),
};
const jpeg = (name: string): Uint8Array => Uint8Array.from([0xff, 0xd8, ...new TextEncoder().encode(name)]);
const step = (told: object = {}) => ({
  n: 0, kind: "nod", nonce: "AAECAwQFBgcICQoLDA0ODw", parameters: {}, window_ms: 8000,
  min_frames: 16, max_frames: 60, hold_ms: 1000, ...told,
});

describe("a citizen number", () => {
  it.each([
    ["990101198503171010", null],
    ["99010119860621102X", null],
    ["99010119860621102x", null],
    ["9901 0119 8503 1710 10", null],
    ["990101198503171011", "check"],
    ["990101198502301010", "date"],
    ["990101198513171010", "date"],
    ["99010119850317101A", "characters"],
    ["99010119850317101", "length"],
    ["", "length"],
  ])("%s is judged as the server does", (typed, fault) => {
    expect(faultOf(tidied(typed))).toBe(fault);
  });
});

describe("the frame chain", () => {
  it("is the one the virtual phone makes", async () => {
    const chain = new FrameChain("vrf_01J0", signer);
    const nonce = Uint8Array.from({ length: 16 }, (_, n) => n);
    const sealed = await Promise.all([
      chain.seal(nonce, { jpeg: jpeg("one"), t_ms: 5000000001 }),
      chain.seal(nonce, { jpeg: jpeg("two"), t_ms: 5000000067 }),
    ]);
    expect(sealed.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(sealed.map(({ hash }) => hash)).toEqual([
      "70b59566939f647b92329b208d2339756dbb682810013e99391416c565055966",
      "458339798fcc68f4280ef93b9244240975500934d8409ddbc15393ab36520e53",
    ]);
  });
});

it("multipart keeps bytes as they are", () => {
  const { type, data } = multipart([{ name: "frames", content: Uint8Array.of(0, 13, 10, 255), filename: "0.jpg", type: "image/jpeg" }], "b");
  expect(type).toBe("multipart/form-data; boundary=b");
  const text = new TextDecoder("latin1").decode(data as Uint8Array);
  expect(text).toBe('--b\r\nContent-Disposition: form-data; name="frames"; filename="0.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\0\r\n\xff\r\n--b--\r\n');
});

/** A server that answers by a function, and remembers the paths and manifests. */
function server(answer: (path: string, count: number) => object | Error) {
  const asked: { path: string; manifest: { frames: { seq: number }[]; shown_ms?: number } | null; body: unknown }[] = [];
  const carry = ({ path, body }: Request): Promise<Reply> => {
    const text = body?.data instanceof Uint8Array ? new TextDecoder("latin1").decode(body.data) : "";
    const manifest = /\{"frames".*\}/u.exec(text)?.[0];
    asked.push({ path, manifest: manifest ? JSON.parse(manifest) : null, body: body?.data });
    const told = answer(path, asked.length);
    if (told instanceof Error) return Promise.reject(told);
    const status = "code" in told && "status" in told && typeof told.status === "number" ? told.status : 200;
    return Promise.resolve({ status, header: () => null, json: () => Promise.resolve(told), bytes: () => Promise.resolve(new Uint8Array()) });
  };
  const line = { transport: { carry }, signer, origin: "https://city.example", language: () => "en", clock: () => 1 };
  return { client: new Client(line), asked };
}
const claim: Claim = { citizenNumber: "990101198503171010", name: "张明远", purpose: "login", variants: ["full"], camera: { width: 480, height: 640, fps: 15 } };
const paused: number[] = [];
const pause = (seconds: number): Promise<void> => (paused.push(seconds), Promise.resolve());
const opened = { id: "vrf_1", status: "CREATED", steps: 2, step: step() };
const going = { id: "vrf_1", status: "IN_PROGRESS" };

describe("a step's pictures", () => {
  it("leave a dozen at a time while it is filmed, and the last go to the step itself", async () => {
    const { client, asked } = server((path) => (path === "/v1/verifications" ? opened : going));
    const answer = (await Verification.begin(client, claim, pause)).answering(step());
    for (let n = 0; n < 30; n += 1) answer.add({ jpeg: jpeg(String(n)), t_ms: 100 + n * 66 });
    answer.shown(140);
    await answer.finish();
    const sent = asked.slice(1).map(({ path, manifest }) => [path.slice("/v1/verifications/vrf_1/".length), manifest?.frames.length, manifest?.shown_ms]);
    expect(sent).toEqual([["steps/0/parts/0", 12, undefined], ["steps/0/parts/1", 12, undefined], ["steps/0", 6, 140]]);
    expect(asked.slice(1).flatMap(({ manifest }) => manifest?.frames.map(({ seq }) => seq))).toEqual([...Array(30).keys()]);
  });

  it("are sent again as they were when the answer was lost", async () => {
    const { client, asked } = server((path, count) => (path === "/v1/verifications" ? opened : count === 2 ? new Unreachable() : going));
    const answer = (await Verification.begin(client, claim, pause)).answering(step());
    answer.add({ jpeg: jpeg("a"), t_ms: 1 });
    await answer.finish();
    expect(asked).toHaveLength(3);
    expect(asked[2]?.body).toEqual(asked[1]?.body);
  });

  it("are not sent once a part has ended the session", async () => {
    const failed = { id: "vrf_1", status: "FAILED", retry_code: "TWO_FACES" };
    const { client, asked } = server((path) => (path === "/v1/verifications" ? opened : failed));
    const answer = (await Verification.begin(client, claim, pause)).answering(step());
    for (let n = 0; n < 30; n += 1) answer.add({ jpeg: jpeg(String(n)), t_ms: n });
    expect((await answer.finish()).retry_code).toBe("TWO_FACES");
    expect(asked).toHaveLength(2);
    expect(answer.over).toBe(true);
  });

  it("give up when nothing answers", async () => {
    const { client, asked } = server((path) => (path === "/v1/verifications" ? opened : new Unreachable()));
    const answer = (await Verification.begin(client, claim, pause)).answering(step());
    answer.add({ jpeg: jpeg("a"), t_ms: 1 });
    await expect(answer.finish()).rejects.toBeInstanceOf(Unreachable);
    expect(asked).toHaveLength(5);
  });
});

/** A camera and a screen on a clock of their own; `slow` says which frames come late, ms. */
function scene(slow: Record<number, number> = {}, lightMs = 16) {
  let now = 1000;
  let frames = 0;
  let due = now;
  let taking: ((picture: Picture) => void) | null = null;
  const shown: string[] = [];
  const wait = (ms: number): Promise<void> => {
    const until = now + ms;
    while (due <= until) {
      now = Math.max(now, due);
      if (taking) {
        taking({ jpeg: jpeg(String(frames)), t_ms: now });
        due += slow[frames] ?? 66;
        frames += 1;
      } else due += 66;
    }
    now = until;
    return Promise.resolve();
  };
  const filming: Filming = {
    camera: { take: (next) => { taking = next; due = Math.max(due, now); }, settled: () => Promise.resolve() },
    lamp: { dark: () => shown.push("dark"), off: () => shown.push("off"), play: async (segments) => { await wait(lightMs); shown.push(...segments.map(({ first }) => first)); return now; } },
    now: () => now,
    wait,
    signal: new AbortController().signal,
  };
  return { filming, shown };
}
function answering() {
  const told: { added: Picture[]; shown: number | null; restarts: number } = { added: [], shown: null, restarts: 0 };
  const answer = {
    over: false,
    add: (picture: Picture) => told.added.push(picture),
    shown: (t: number) => (told.shown = t),
    restart: () => { if (told.added.length > 12) return false; told.added = []; told.restarts += 1; return true; },
  };
  return { told, answer: answer as unknown as Parameters<typeof film>[1] };
}
const span = (pictures: Picture[]): number => (pictures[pictures.length - 1]?.t_ms ?? 0) - (pictures[0]?.t_ms ?? 0);

describe("filming", () => {
  it("leaves time to read, to move and to come back, within what the step takes", async () => {
    const { told, answer } = answering();
    expect(await film(step(), answer, scene().filming)).toBe(true);
    expect(span(told.added)).toBeGreaterThanOrEqual(3600);
    expect(told.added.length).toBeLessThanOrEqual(60);
  });

  it("never sends more pictures than the step takes", async () => {
    const { told, answer } = answering();
    await film(step({ max_frames: 20 }), answer, scene().filming);
    expect(told.added).toHaveLength(20);
  });

  it("forgets a stumble at the beginning, and notices a later one", async () => {
    const early = answering();
    expect(await film(step(), early.answer, scene({ 3: 900 }).filming)).toBe(true);
    expect(early.told.restarts).toBe(1);
    const late = answering();
    expect(await film(step(), late.answer, scene({ 30: 900 }).filming)).toBe(false);
  });

  it("begins a light step in the dark, close before the first picture, and puts the screen out", async () => {
    const { told, answer } = answering();
    const { filming, shown } = scene();
    const segments = ["#ffffff", "#000000"].map((first) => ({ pattern: "full" as const, first, second: first }));
    await film(step({ kind: "light", hold_ms: 0, parameters: { segment_ms: 400, segments } }), answer, filming);
    expect(shown).toEqual(["dark", "#ffffff", "#000000", "off"]);
    const before = (told.shown ?? 0) - (told.added[0]?.t_ms ?? 0);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(350);
    expect(told.added[told.added.length - 1]!.t_ms - told.shown!).toBeGreaterThanOrEqual(2 * 400 + 350);
  });

  it("leaves off what was filmed too long before a first picture that came late", async () => {
    const { told, answer } = answering();
    const segments = [{ pattern: "full" as const, first: "#ffffff", second: "#ffffff" }];
    const lit = step({ kind: "light", hold_ms: 0, parameters: { segment_ms: 400, segments } });
    await film(lit, answer, scene({}, 700).filming);
    const before = (told.shown ?? 0) - (told.added[0]?.t_ms ?? 0);
    expect(before).toBeGreaterThan(250);
    expect(before).toBeLessThanOrEqual(350);
  });

  it("shows nothing that flashes faster than is safe", async () => {
    const segments = [{ pattern: "full" as const, first: "#ffffff", second: "#ffffff" }];
    const { filming, shown } = scene();
    const quick = step({ kind: "light", parameters: { segment_ms: 200, segments } });
    await expect(film(quick, answering().answer, filming)).rejects.toBeInstanceOf(UnsafeLight);
    expect(shown).not.toContain("#ffffff");
    expect([isSafe(333), isSafe(334), isSafe(400)]).toEqual([false, true, true]);
  });
});

it("each picture of light has its time and the last one stays", () => {
  expect([-5, 0, 399, 400, 1599, 1600, 9000].map((ms) => placeAt(ms, 400, 4))).toEqual([0, 0, 0, 1, 3, 3, 3]);
});

describe("the pace", () => {
  it("takes fifteen a second of a camera of thirty, and no more of any", () => {
    for (const fps of [15, 30, 60, 120]) {
      const pace = new Pace();
      const taken = Array.from({ length: fps * 4 }, (_, n) => (n * 1000) / fps).filter((now) => pace.due(now));
      expect(taken.length / 4).toBeGreaterThan(14);
      expect(taken.length / 4).toBeLessThan(18);
    }
  });

  it("makes smaller pictures where a machine is slow, and none smaller than the least", () => {
    const pace = new Pace();
    const sizes = [200, 200, 200, 200].map((ms) => (pace.took(ms), pace.adapt(), pace.longerSide));
    expect(sizes).toEqual([560, 480, 480, 480]);
  });

  it("knows the server's limits", () => {
    expect(keptUp([0, 66, 132, 198])).toBe(true);
    expect(keptUp([0, 66, 467])).toBe(false);
    expect(keptUp([0, 120, 240, 360])).toBe(false);
    expect(sized(1280, 720, 640)).toEqual({ width: 640, height: 360 });
    expect(sized(480, 640, 640)).toEqual({ width: 480, height: 640 });
  });
});

describe("entering", () => {
  it("leads back to these pages only", () => {
    expect(entryOf({ back: "/card?x=1" }).back).toBe("/card?x=1");
    for (const back of ["https://evil.example", "//evil.example", "/\\evil.example", "card", "/face?back=/face", undefined]) {
      expect(entryOf({ back: back ?? null }).back).toBeNull();
    }
  });

  it("knows which way is enough for a service", () => {
    const service = entryOf({ level: "face:L3" });
    expect(service.purpose).toBe("step_up");
    expect(["full", "no_light", "no_motion"].map((way) => suffices(way as "full", service))).toEqual([true, false, false]);
    expect(suffices("no_motion", entryOf({}))).toBe(true);
    expect(suffices("no_motion", entryOf({ level: "L1" }))).toBe(false);
  });
});

describe("what was typed before the camera", () => {
  const kept = (): { shelf: Map<string, unknown>; at: (ms: number) => Drafts } => {
    const shelf = new Map<string, unknown>();
    const store = {
      read: <T>(key: string) => Promise.resolve((shelf.get(key) ?? null) as T | null),
      write: (key: string, thing: unknown) => Promise.resolve(void (thing === null ? shelf.delete(key) : shelf.set(key, thing))),
    };
    return { shelf, at: (ms) => new Drafts(store, () => ms) };
  };
  const typed = { name: "张伟", number: "990101198503171010", variant: "full", filming: true } as const;

  it("is there after a reload, and whether the camera was on", async () => {
    const { at } = kept();
    await at(1000).keep(typed);
    expect(await at(60_000).read()).toMatchObject(typed);
  });

  it.each([1000 + 15 * 60_000, 999])("is gone for whoever takes the phone later (%d)", async (ms) => {
    const { shelf, at } = kept();
    await at(1000).keep(typed);
    expect(await at(ms).read()).toBeNull();
    expect(shelf.size).toBe(0);
  });
});
