import { afterEach, expect, it } from "vitest";
import { opened, tap, until } from "./pages.mjs";
import { Platform } from "./platform.mjs";

const ME = { name: "张*远", citizen_number: "990101********1010", level: "L3", authenticated_at: "2026-12-01T01:00:30Z" };
const FACE = "/pages/face/index?back=%2Fpages%2Fidentity%2Findex";
let page;

function phoneOf(answers = {}) {
  const phone = new Platform({ "GET /v1/me": { json: ME }, "POST /oauth/revoke": {}, ...answers });
  phone.stored.set("zero-run.tokens", JSON.stringify({ access: "token", refresh: "kept", until: 1e10 }));
  return phone;
}

afterEach(() => page.detach());

it("shows who is signed in, how surely and until when", async () => {
  page = opened("identity", phoneOf());
  await until(page, (text) => text.includes("张*远") && text.includes("L3 最高"));
  expect(page.dom.textContent).toContain("2026-12-01 09:00");
  expect(page.dom.textContent).toContain("有效至 2286-11-21 01:46");
});

it("signs out when the person confirms, also where the server cannot be reached", async () => {
  const phone = phoneOf({ "POST /oauth/revoke": undefined });
  let confirm = false;
  page = opened("identity", phone);
  globalThis.wx.showModal = ({ success }) => success({ confirm });
  await until(page, (text) => text.includes("张*远"));
  await tap(page.querySelector(".sign-out"));
  expect(phone.stored.has("zero-run.tokens")).toBe(true);
  confirm = true;
  await tap(page.querySelector(".sign-out"));
  await until(page, () => phone.visited.length > 0);
  expect(phone.visited).toEqual(["only: /pages/home/index"]);
  expect(phone.stored.has("zero-run.tokens")).toBe(false);
  expect(phone.asked.at(-1).data).toContain("token=kept");
});

it("leads to the face once, asks who comes back without one, and looks again who has shown it", async () => {
  let answer = { status: 401, json: { code: "INVALID_TOKEN" } };
  const phone = phoneOf({ "GET /v1/me": () => answer });
  page = opened("identity", phone);
  await until(page, () => phone.visited.length > 0);
  expect(phone.visited).toEqual([FACE]);
  page.triggerPageLifeTime("show");
  await until(page, () => page.querySelector(".to-face") !== undefined);
  await until(page, () => phone.asked.filter(({ path }) => path === "/v1/me").length === 2);
  expect(phone.visited).toHaveLength(1);
  await tap(page.querySelector(".to-face"));
  expect(phone.visited).toEqual([FACE, FACE]);
  answer = { json: ME };
  page.triggerPageLifeTime("show");
  await until(page, (text) => text.includes("张*远") && !text.includes("先刷脸"));
});

it("verifies again, and comes back", async () => {
  const phone = phoneOf();
  page = opened("identity", phone);
  await until(page, (text) => text.includes("张*远"));
  await tap(page.querySelector(".verify-again"));
  expect(phone.visited).toEqual(["/pages/face/index?again=1&back=%2Fpages%2Fidentity%2Findex"]);
});
