import { expect, it } from "vitest";
import { opened, tap, until } from "./pages.mjs";
import { Platform } from "./platform.mjs";

it("shows the services and leads to them", async () => {
  const platform = new Platform();
  const home = opened("home", platform);
  await until(home, (text) => text.includes("刷脸登录"));
  expect(home.dom.textContent).toContain("电子社保卡");
  await tap(home.querySelectorAll(".service")[1]);
  expect(platform.visited).toEqual(["/pages/card/index"]);
});

it("speaks English once it was asked to, also the next time", async () => {
  const platform = new Platform();
  await tap(opened("home", platform).querySelector(".language"));
  const again = opened("home", platform);
  await until(again, (text) => text.includes("Sign in with your face"));
});

it("greets who has a token", async () => {
  const platform = new Platform();
  platform.stored.set("zero-run.tokens", JSON.stringify({ access: "a", refresh: "r", until: 9e9 }));
  await until(opened("home", platform), (text) => text.includes("身份已核验"));
});

it("leads to the face, or to who one is", async () => {
  const platform = new Platform();
  const home = opened("home", platform);
  await tap(home.querySelector(".sign-in"));
  platform.stored.set("zero-run.tokens", JSON.stringify({ access: "a", refresh: "r", until: 9e9 }));
  home.triggerPageLifeTime("show");
  await until(home, (text) => text.includes("身份已核验"));
  await tap(home.querySelector(".sign-in"));
  expect(platform.visited).toEqual(["/pages/face/index", "/pages/identity/index"]);
});
