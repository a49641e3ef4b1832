/** The page of the face on a clock of the test's own, and a server that answers as was recorded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { opened } from "./pages.mjs";
import { Platform } from "./platform.mjs";

export const RECORDED = JSON.parse(readFileSync(join(import.meta.dirname, "recorded", "verification.json"), "utf8"));
const LOOK_MS = 100;
export const PERSON = { name: "张明远", number: "990101198503171010" };
const SESSION = `/v1/verifications/${RECORDED.opened.id}`;

/** A phone before a server; `answers` stand in for what was recorded. */
export function phoneOf(answers = {}, abilities = {}) {
  let step = -1;
  const parts = Array.from({ length: 3 * 16 }, (_, n) => [`POST ${SESSION}/steps/${Math.floor(n / 16)}/parts/${n % 16}`, { json: RECORDED.part }]);
  const steps = RECORDED.answers.map((_, n) => [`POST ${SESSION}/steps/${n}`, () => ({ json: RECORDED.answers[(step = n)] })]);
  return new Platform(
    {
      "POST /v1/verifications": { json: RECORDED.opened },
      ...Object.fromEntries([...parts, ...steps]),
      "POST /oauth/token": { json: RECORDED.tokens },
      ...answers,
    },
    { opened: ["home"], ...abilities },
  );
}

export function clockOfTest() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  vi.setSystemTime(new Date("2026-12-01T01:00:00Z"));
}

/** Lets time pass until the page shows what is looked for. */
export async function until(page, holds, longest = 60_000) {
  for (let passed = 0; passed < longest; passed += LOOK_MS) {
    if (holds(page.dom.textContent)) return page.dom.textContent;
    await vi.advanceTimersByTimeAsync(LOOK_MS);
  }
  throw new Error(`the page shows: ${page.dom.textContent}`);
}

export async function tap(element) {
  element.dispatchEvent("tap");
  await vi.advanceTimersByTimeAsync(20);
}

export async function change(element, detail) {
  element.dispatchEvent("change", { detail });
  await vi.advanceTimersByTimeAsync(20);
}

export async function type(page, field, value) {
  page.querySelector(`#${field}`).dispatchEvent("input", { detail: { value } });
  await vi.advanceTimersByTimeAsync(20);
}

/** The page with everything entered, up to the button that opens the camera. */
export async function entered(phone, query = {}) {
  const page = opened("face", phone, query);
  await until(page, (text) => text.includes("下一步"));
  await type(page, "name", PERSON.name);
  await type(page, "number", PERSON.number);
  await change(page.querySelector(".agree"), { value: ["agreed"] });
  return page;
}

/** The camera is on the page, as the platform says a moment after it stands there. */
export async function cameraOn(page) {
  await until(page, () => page.querySelector(".preview") !== undefined);
  page.querySelector(".preview").dispatchEvent("initdone", { detail: { maxZoom: 4 } });
}

/** Up to the button that begins. */
export async function ready(phone, query = {}) {
  const page = await entered(phone, query);
  await tap(page.querySelector(".start"));
  await cameraOn(page);
  await until(page, (text) => text.includes("准备好就开始"));
  return page;
}

/** What stands in one upload: its manifest, and the pictures beside it. */
export function partsOf({ data, header }) {
  const boundary = /boundary=(.+)$/u.exec(header["Content-Type"])[1];
  const text = Buffer.from(data).toString("latin1");
  const pieces = text.split(`--${boundary}`).slice(1, -1).map((piece) => {
    const at = piece.indexOf("\r\n\r\n");
    return { head: piece.slice(2, at), content: Buffer.from(piece.slice(at + 4, -2), "latin1") };
  });
  return { manifest: JSON.parse(pieces[0].content.toString()), heads: pieces.map(({ head }) => head), pictures: pieces.slice(1).map(({ content }) => content) };
}

export const uploads = (phone) => phone.asked.filter(({ path }) => path.startsWith(`${SESSION}/steps/`));
