import { webcrypto } from "node:crypto";
import jpeg from "jpeg-js";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "@/api/client";
import { Verification } from "@/api/verification";
import { FakeCamera } from "./camera.mjs";
import { cameraOn, change, clockOfTest, entered, partsOf, PERSON, phoneOf, ready, RECORDED, tap, type, until, uploads } from "./faces.mjs";
import { opened } from "./pages.mjs";

let page;
beforeEach(clockOfTest);
afterEach(() => {
  page?.detach();
  page = undefined;
  vi.useRealTimers();
});

const CARD = { back: encodeURIComponent("/pages/card/index") };
/** What the page shines, as the camera sees it on a face. */
function lit() {
  const half = page?.querySelector(".half")?.dom.style.backgroundColor ?? "";
  const digits = /(\d+), (\d+), (\d+)/u.exec(half);
  return digits === null ? [90, 90, 90] : digits.slice(1).map(Number);
}

describe("a verification from a name to the server's word", () => {
  let phone;
  const seen = {};

  beforeAll(async () => {
    clockOfTest();
    phone = phoneOf({}, { camera: new FakeCamera({ lit }), opened: ["home", "card"] });
    page = await ready(phone, CARD);
    seen.bright = [phone.brightness, phone.awake];
    await tap(page.querySelector(".begin"));
    seen.first = await until(page, (text) => text.includes("看着手机，别动"));
    seen.second = await until(page, (text) => text.includes("慢慢向左转头"));
    seen.steps = page.querySelectorAll(".step").map(({ dom }) => dom.className.replace(/main--/gu, ""));
    seen.last = await until(page, (text) => text.includes("验证通过"));
    await tap(page.querySelector(".go-on"));
  }, 60_000);

  it("shows how far it is, keeps the tokens and goes back to where one came from", () => {
    expect(seen.first).toContain("第 1 步，共 3 步");
    expect(seen.second).toContain("第 2 步，共 3 步");
    expect(seen.steps).toEqual(["step done", "step now", "step next"]);
    expect(seen.last).toContain("有 2 次以您名义的验证未通过，最近一次在 2026-11-30 00:30");
    expect(JSON.parse(phone.stored.get("zero-run.tokens"))).toMatchObject({ access: "access", refresh: "refresh" });
    expect(phone.visited).toEqual(["back"]);
  });

  it("has the screen awake and bright while it lasts, and keeps no name or number", () => {
    expect(seen.bright).toEqual([1, true]);
    expect([phone.brightness, phone.awake, phone.camera.listening]).toEqual([0.4, false, 0]);
    expect([...phone.stored.values()].join()).not.toContain(PERSON.number);
  });

  it("sends what the client of the pages would send of the same pictures", async () => {
    const sent = uploads(phone).map((request) => ({ path: request.path, ...partsOf(request) }));

    const again = [];
    const carry = async ({ path, headers, body }) => {
      again.push({ path, data: body.data, header: { "Content-Type": body.type }, headers });
      const json = path === "/v1/verifications" ? RECORDED.opened : path.includes("/parts/") ? RECORDED.part : RECORDED.answers[Number(path.split("/").at(-1))];
      return { status: 200, header: () => null, json: async () => json };
    };
    const signer = {
      jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" },
      sign: async () => new Uint8Array(64),
      digest: async (message) => new Uint8Array(await webcrypto.subtle.digest("SHA-256", message)),
      random: (count) => webcrypto.getRandomValues(new Uint8Array(count)),
    };
    const client = new Client({ transport: { carry }, signer, origin: "https://zero-run.example", language: () => "zh-CN", clock: () => 1 });
    const claim = { citizenNumber: PERSON.number, name: PERSON.name, purpose: "login", variants: ["full"], camera: { width: 24, height: 32, fps: 15 } };
    const verification = await Verification.begin(client, claim, async () => undefined);
    let step = verification.first;
    for (const n of [0, 1, 2]) {
      const mine = sent.filter(({ path }) => path.split("/")[5] === String(n));
      const answering = verification.answering(step);
      const shown = mine.map(({ manifest }) => manifest.shown_ms).find((ms) => ms !== undefined);
      if (shown !== undefined) answering.shown(shown);
      for (const { manifest, pictures } of mine) manifest.frames.forEach(({ t_ms }, at) => answering.add({ jpeg: new Uint8Array(pictures[at]), t_ms }));
      step = (await answering.finish()).step;
    }
    const opening = phone.asked.find(({ path }) => path === "/v1/verifications");
    expect(JSON.parse(opening.data)).toEqual(JSON.parse(again[0].data));
    expect(opening.header["Content-Type"]).toBe("application/json");
    expect(Object.keys(opening.header).sort()).toEqual([...Object.keys(again[0].headers), "Content-Type"].sort());
    expect(sent).toEqual(again.slice(1).map((request) => ({ path: request.path, ...partsOf(request) })));
  });

  it("keeps the server's limits: rate, gaps, counts, sizes, and the first picture of light", () => {
    const steps = [RECORDED.opened.step, RECORDED.answers[0].step, RECORDED.answers[1].step];
    steps.forEach((step) => {
      const mine = uploads(phone).filter(({ path }) => path.split("/")[5] === String(step.n)).map(partsOf);
      const times = mine.flatMap(({ manifest }) => manifest.frames.map(({ t_ms }) => t_ms));
      const gaps = times.slice(1).map((time, at) => time - times[at]);
      const span = times.at(-1) - times[0];
      expect(times.length).toBeGreaterThanOrEqual(step.min_frames);
      expect(times.length).toBeLessThanOrEqual(step.max_frames);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(400);
      expect((1000 * gaps.length) / span).toBeGreaterThanOrEqual(10);
      expect(span).toBeGreaterThanOrEqual(step.hold_ms);
      for (const { pictures } of mine) for (const one of pictures) expect(one.length).toBeLessThanOrEqual(512 * 1024);
    });
    const light = uploads(phone).filter(({ path }) => path.split("/")[5] === "2").map(partsOf);
    const shown = light[0].manifest.shown_ms;
    expect(shown - light[0].manifest.frames[0].t_ms).toBeGreaterThan(0);
    expect(shown - light[0].manifest.frames[0].t_ms).toBeLessThanOrEqual(350);
    const colours = light.flatMap(({ manifest, pictures }) => manifest.frames.map(({ t_ms }, at) => [t_ms - shown, colourOf(pictures[at])]));
    const middle = (n) => colours.filter(([ms]) => ms > n * 400 + 100 && ms < n * 400 + 300).map(([, colour]) => colour);
    expect(new Set(colours.filter(([ms]) => ms < -40).map(([, colour]) => colour))).toEqual(new Set(["dark"]));
    expect([0, 1, 2, 3].map((n) => [...new Set(middle(n))])).toEqual([["red"], ["green"], ["white"], ["blue"]]);
  });
});

function colourOf(picture) {
  const [r, g, b] = jpeg.decode(picture).data;
  const name = [r, g, b].map((value) => (value > 128 ? 1 : 0)).join("");
  return { "000": "dark", "100": "red", "010": "green", "001": "blue", "111": "white" }[name];
}

it("says what is wrong with what was entered, and sends none of it", async () => {
  const phone = phoneOf();
  page = opened("face", phone);
  await until(page, (text) => text.includes("下一步"));
  expect(page.dom.textContent).toContain("用途：登录。告知书版本 2026-11");
  await tap(page.querySelector(".start"));
  for (const words of ["请填写姓名", "应为 18 位，现在是 0 位", "请先阅读并勾选同意"]) expect(page.dom.textContent).toContain(words);
  await type(page, "name", PERSON.name);
  await type(page, "number", "990101198503171011");
  await change(page.querySelector(".agree"), { value: ["agreed"] });
  await tap(page.querySelector(".start"));
  expect(page.dom.textContent).toContain("号码有误");
  expect(page.dom.textContent).not.toContain("请填写姓名");
  expect(phone.asked).toEqual([]);
  expect(page.querySelector(".preview")).toBeUndefined();
});

it("asks for the way a service needs, and says that it is for one", async () => {
  const phone = phoneOf();
  page = await entered(phone, { ...CARD, level: "L3" });
  expect(page.dom.textContent).toContain("这项服务需要重新验证本人");
  expect(page.dom.textContent).toContain("用途：再次确认本人");
  await change(page.querySelector(".ways"), { value: "no_light" });
  expect(page.dom.textContent).toContain("您要办的事需要“动作和屏幕彩光”");
  await tap(page.querySelector(".start"));
  expect(page.querySelector(".preview")).toBeUndefined();
  await change(page.querySelector(".ways"), { value: "full" });
  await tap(page.querySelector(".start"));
  await cameraOn(page);
  await until(page, (text) => text.includes("准备好就开始"));
  await tap(page.querySelector(".begin"));
  await until(page, () => phone.asked.length > 0);
  expect(JSON.parse(phone.asked[0].data)).toMatchObject({ purpose: "step_up", capabilities: { variants: ["full"] } });
});

it("says where the camera is allowed when it was denied, and tries again", async () => {
  const phone = phoneOf({}, { mayFilm: false });
  page = await entered(phone);
  await tap(page.querySelector(".start"));
  await until(page, (text) => text.includes("没有获得相机权限"));
  await tap(page.querySelector(".settings"));
  expect(phone.settings).toBe(1);
  phone.mayFilm = true;
  await tap(page.querySelector(".retry"));
  await cameraOn(page);
  await until(page, (text) => text.includes("准备好就开始"));
});

it("says so when the camera is another app's, delivers nothing, or is lost", async () => {
  page = await entered(phoneOf());
  await tap(page.querySelector(".start"));
  await until(page, () => page.querySelector(".preview") !== undefined);
  page.querySelector(".preview").dispatchEvent("error", { detail: { errMsg: "insertCamera:fail" } });
  await until(page, (text) => text.includes("相机正被其他应用使用"));
  await tap(page.querySelector(".retry"));
  await until(page, (text) => text.includes("相机正被其他应用使用"), 9000); // the platform says nothing at all
  page.detach();

  page = await entered(phoneOf({}, { camera: new FakeCamera({ silent: true }) }));
  await tap(page.querySelector(".start"));
  await cameraOn(page);
  await until(page, (text) => text.includes("相机正被其他应用使用"), 5000);
  page.detach();

  page = await ready(phoneOf());
  page.querySelector(".preview").dispatchEvent("stop");
  await until(page, (text) => text.includes("相机断开了"));
});

it("says that there is no network, and begins anew when there is", async () => {
  const phone = phoneOf({ "POST /v1/verifications": undefined });
  page = await ready(phone);
  await tap(page.querySelector(".begin"));
  await until(page, (text) => text.includes("网络不通"));
  expect(phone.camera.listening).toBe(0);
  phone.answers["POST /v1/verifications"] = { json: RECORDED.opened };
  await tap(page.querySelector(".retry"));
  await cameraOn(page);
  await until(page, (text) => text.includes("准备好就开始"));
  await tap(page.querySelector(".begin"));
  await until(page, (text) => text.includes("第 1 步，共 3 步"));
});

it("gives the advice for what the server saw, keeps what was entered, and tries again", async () => {
  const first = `POST /v1/verifications/${RECORDED.opened.id}/steps/0`;
  const phone = phoneOf({ [first]: { json: RECORDED.too_dark } });
  page = await ready(phone);
  await tap(page.querySelector(".begin"));
  await until(page, (text) => text.includes("光线太暗"));
  expect(phone.stored.has("zero-run.tokens")).toBe(false);
  expect([phone.brightness, phone.awake]).toEqual([0.4, false]);
  phone.answers[first] = { json: RECORDED.answers[2] };
  await tap(page.querySelector(".retry"));
  await cameraOn(page);
  await until(page, (text) => text.includes("准备好就开始"));
  await tap(page.querySelector(".begin"));
  await until(page, (text) => text.includes("验证通过"));
  await tap(page.querySelector(".go-on"));
  expect(phone.visited).toEqual(["instead: /pages/identity/index"]);
});

it("says when one may try again after too many", async () => {
  const phone = phoneOf({ "POST /v1/verifications": { status: 429, json: { code: "LOCKED" }, header: { "Retry-After": "600" } } });
  page = await ready(phone);
  await tap(page.querySelector(".begin"));
  await until(page, (text) => text.includes("请在 10 分钟后再试"));
});

it("shows the way without a face before and after", async () => {
  page = await entered(phoneOf({}, { mayFilm: false }));
  await tap(page.querySelector(".other-way"));
  expect(page.dom.textContent).toContain("带身份证到任一政务服务中心的人工窗口");
  await tap(page.querySelector(".start"));
  await until(page, (text) => text.includes("没有获得相机权限"));
  expect(page.querySelector(".other-way")).toBeDefined();
});

it("stops when the page is left, and shows no light any more", async () => {
  const light = { ...RECORDED.opened, step: { ...RECORDED.answers[1].step, n: 0 } };
  const phone = phoneOf({ "POST /v1/verifications": { json: light } }, { camera: new FakeCamera({ lit }) });
  page = await ready(phone);
  await tap(page.querySelector(".begin"));
  await until(page, () => page.querySelector(".half") !== undefined);
  expect(page.querySelector(".told").dom.textContent).toContain("屏幕会变色");
  page.triggerPageLifeTime("hide");
  await until(page, (text) => text.includes("页面被切走"));
  await vi.advanceTimersByTimeAsync(5000);
  expect(page.querySelector(".half")).toBeUndefined();
  expect([phone.camera.listening, phone.awake]).toEqual([0, false]);
});

it("goes back without having filmed anything when it is given up", async () => {
  const phone = phoneOf();
  page = await ready(phone);
  await tap(page.querySelector(".stop"));
  expect(page.dom.textContent).toContain("下一步");
  expect([phone.camera.listening, phone.brightness]).toEqual([0, 0.4]);
  await tap(page.querySelector(".leave"));
  expect(phone.visited).toEqual(["back"]);
  expect(phone.asked).toEqual([]);
});

it("leads nowhere but to this app's own pages", async () => {
  for (const back of ["https://evil.example", "/pages/face/index", "//pages/card/index", "/pages/card/../x", "%"]) {
    const phone = phoneOf({}, { opened: ["home", "card"] });
    page = opened("face", phone, { back: encodeURIComponent(back) });
    await until(page, (text) => text.includes("下一步"));
    page.instance.goOn();
    expect(phone.visited).toEqual(["instead: /pages/identity/index"]);
    page.detach();
  }
});

it("leads who is signed in and was sent by nobody to who they are", async () => {
  const phone = phoneOf();
  phone.stored.set("zero-run.tokens", JSON.stringify({ access: "a", refresh: "r", until: 9e9 }));
  page = opened("face", phone);
  await until(page, () => phone.visited.length > 0);
  expect(phone.visited).toEqual(["instead: /pages/identity/index"]);
});

it("speaks English", async () => {
  const phone = phoneOf();
  phone.stored.set("zero-run.language", "en");
  page = opened("face", phone);
  await until(page, (text) => text.includes("Next: open the camera") && text.includes("What you agree to"));
});
