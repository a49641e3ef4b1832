import { afterEach, expect, it } from "vitest";
import { opened, tap, until } from "./pages.mjs";
import { Platform } from "./platform.mjs";

const CODE = { code: "123456789012345678", refresh_after_s: 50, qr_svg: "<svg>码</svg>", code128_svg: "<svg/>", expires_at: "" };
const signedIn = JSON.stringify({ access: "token", refresh: "r", until: 9e9 });
let card;

function platform(answers) {
  const made = new Platform({ "GET /v1/card": { json: { id: "car_1", status: "ACTIVE" } }, "POST /v1/card/codes": { json: CODE }, ...answers });
  made.stored.set("zero-run.tokens", signedIn);
  return made;
}

afterEach(() => card.detach());

it("shows a code for a purpose, as a picture and in digits", async () => {
  const phone = platform();
  card = opened("card", phone);
  await until(card, (text) => text.includes(CODE.code));
  const picture = card.querySelector(".code").dom.getAttribute("src") ?? card.querySelector(".code").instance?.data.src;
  expect(JSON.parse(phone.asked.at(-1).data)).toEqual({ purpose: "02121" });
  expect(phone.asked.at(-1).header.Authorization).toBe("DPoP token");
  if (picture) expect(Buffer.from(picture.split(",")[1], "base64").toString()).toBe(CODE.qr_svg);
});

it("asks for a face where the server does", async () => {
  const phone = platform({ "GET /v1/card": { status: 401, json: { code: "INVALID_TOKEN" } } });
  card = opened("card", phone);
  await until(card, () => phone.visited.length > 0);
  expect(phone.visited).toEqual(["/pages/face/index?back=%2Fpages%2Fcard%2Findex"]);
});

it("freezes only when the person confirms, and shows no code any more", async () => {
  let status = "ACTIVE";
  let confirm = false;
  const phone = platform({
    "GET /v1/card": () => ({ json: { id: "car_1", status } }),
    "POST /v1/card/freeze": () => ({ json: { id: "car_1", status: (status = "FROZEN") } }),
  });
  card = opened("card", phone);
  globalThis.wx.showModal = ({ success }) => success({ confirm });
  await until(card, (text) => text.includes(CODE.code));
  await tap(card.querySelector(".freeze"));
  expect(phone.asked.some(({ path }) => path.endsWith("/freeze"))).toBe(false);
  confirm = true;
  await tap(card.querySelector(".freeze"));
  await until(card, (text) => text.includes("冻结期间") && !text.includes(CODE.code));
});

it("says that there is no network", async () => {
  const phone = platform({ "GET /v1/card": undefined });
  card = opened("card", phone);
  await until(card, (text) => text.includes("网络不通"));
});

it("goes on with the code when one comes back with a face", async () => {
  let answer = { status: 401, json: { code: "INSUFFICIENT_USER_AUTHENTICATION", acr_values: "face:L2" } };
  const phone = platform({ "GET /v1/card": () => answer });
  card = opened("card", phone);
  await until(card, () => phone.visited.length > 0);
  expect(phone.visited).toEqual(["/pages/face/index?back=%2Fpages%2Fcard%2Findex&level=L2"]);
  answer = { json: { id: "car_1", status: "ACTIVE" } };
  card.triggerPageLifeTime("show");
  await until(card, (text) => text.includes(CODE.code) && !text.includes("先刷脸"));
});
