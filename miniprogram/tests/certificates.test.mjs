import { expect, it } from "vitest";
import { opened, tap, until } from "./pages.mjs";
import { Platform } from "./platform.mjs";

const titles = (zh) => ({ zh, en: zh });
const TYPES = ["birth", "no_housing"].map((code) => ({ code, titles: titles(code), available: true }));

it("asks for several at once, once, and tells how each ended", async () => {
  let looks = 0;
  const ended = [
    { type: "birth", titles: titles("birth"), certificate: { id: "cer_1" } },
    { type: "no_housing", titles: titles("no_housing"), problem: { detail: "住房登记暂时不可用" } },
  ];
  // As the API sends it: what is null is left out.
  const waiting = ended.map(({ type, titles }) => ({ type, titles }));
  const phone = new Platform({
    "GET /v1/certificate-types": { json: { items: TYPES } },
    "GET /v1/certificates": { json: { items: [] } },
    "POST /v1/certificates/batch": { json: { id: "bat_1", ended: false, items: waiting } },
    "GET /v1/certificates/batches/bat_1": () => {
      looks += 1;
      return { json: { id: "bat_1", ended: looks > 1, items: looks > 1 ? ended : waiting } };
    },
  });
  const page = opened("certificates", phone);
  await until(page, (text) => text.includes("no_housing"));
  page.instance.choose({ detail: { value: ["birth", "no_housing"] } });
  const asking = Promise.all([page.instance.askFor(), page.instance.askFor()]);
  await until(page, (text) => text.includes("birth：正在向部门取数"));
  await asking;
  await until(page, (text) => text.includes("birth：已开具") && text.includes("no_housing：未能开具 住房登记暂时不可用"));
  const asked = phone.asked.filter(({ method }) => method === "POST");
  expect(asked).toHaveLength(1);
  expect(asked[0].header["Idempotency-Key"]).toMatch(/^[\w-]{22}$/u);
});

it("leads to the level a certificate needs, and keeps what was chosen", async () => {
  const problem = { code: "INSUFFICIENT_USER_AUTHENTICATION", status: 401, detail: "需要重新刷脸", acr_values: "face:L3" };
  const refused = { id: "bat_2", ended: true, items: [{ type: "birth", titles: titles("birth"), problem }] };
  const phone = new Platform({
    "GET /v1/certificate-types": { json: { items: TYPES } },
    "GET /v1/certificates": { json: { items: [] } },
    "POST /v1/certificates/batch": { json: refused },
  });
  const page = opened("certificates", phone);
  await until(page, (text) => text.includes("no_housing"));
  page.instance.choose({ detail: { value: ["birth"] } });
  await page.instance.askFor();
  await until(page, (text) => text.includes("需要重新刷脸"));
  await tap(page.querySelector(".face-for"));
  expect(phone.visited).toEqual(["/pages/face/index?back=%2Fpages%2Fcertificates%2Findex&level=L3"]);
  page.triggerPageLifeTime("show");
  await until(page, () => !page.data.away);
  expect(page.data.chosen).toEqual(["birth"]);
});
