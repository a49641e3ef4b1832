import { expect, it } from "vitest";
import { opened, tap, until } from "./pages.mjs";
import { Platform } from "./platform.mjs";

const VISIT = {
  id: "apt_1",
  status: "BOOKED",
  hospital: "市第一人民医院",
  campus: "本部",
  department: "骨科",
  practitioner: "孙思邈",
  day: "2026-12-01",
  number: 7,
  starts_at: "2026-12-01T01:00:00Z",
  ends_at: "2026-12-01T01:10:00Z",
  fee: 5000,
};

it("shows the hours of China, and gives a place up when the person confirms", async () => {
  let status = "BOOKED";
  const phone = new Platform({
    "GET /v1/appointments": () => ({ json: { items: [{ ...VISIT, status }] } }),
    "POST /v1/appointments/apt_1/cancellation": () => ({ json: { status: (status = "CANCELLED_PATIENT") } }),
  });
  const page = opened("booking", phone);
  globalThis.wx.showModal = ({ success }) => success({ confirm: true });
  await until(page, (text) => text.includes("2026-12-01 09:00–09:10 · 7 号") && text.includes("已预约"));
  await tap(page.querySelector(".cancel"));
  await until(page, (text) => text.includes("已取消"));
  expect(page.querySelector(".cancel")).toBeUndefined();
});

it("says where to book when there is nothing", async () => {
  const page = opened("booking", new Platform({ "GET /v1/appointments": { json: { items: [] } } }));
  await until(page, (text) => text.includes("没有预约"));
});
