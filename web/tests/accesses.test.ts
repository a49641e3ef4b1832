import { describe, expect, it } from "vitest";
import type { Access } from "@/api/myself";
import { linkPicture } from "@/codes/link_picture";
import { fieldsOf, isForeign, kindOf, sourceOf, whoOf } from "@/m/accesses/wording";
import { byDay, clockOf, dateWords, dayOf, dayWords, momentWords } from "@/texts/moments";

const look: Access = {
  id: "acc_1",
  at: "2026-11-30T01:00:00Z",
  actor_kind: "terminal",
  actor: "康民大药房",
  action: "card.code_decoded",
  action_words: { zh: "机构读取了动态码", en: "A partner read a card code" },
  purpose: "02121",
  purpose_words: { zh: "药店购药", en: "pharmacy purchase" },
  fields: ["name", "blood_type"],
};

describe("a moment", () => {
  it("is on the city's day, whatever zone the phone is in", () => {
    expect(dayOf("2026-11-30T15:59:59Z")).toBe("2026-11-30");
    expect(dayOf("2026-11-30T16:00:00Z")).toBe("2026-12-01");
    expect(clockOf("2026-11-30T16:05:00Z")).toBe("00:05");
    expect(clockOf("2026-11-30T16:05:00+08:00")).toBe("16:05");
  });

  it("is written as people write it", () => {
    expect(dateWords("2026-12-31T16:00:00Z", "zh-CN")).toBe("2027年1月1日");
    expect(momentWords("2026-12-31T16:00:00.5Z", "en")).toBe("1 Jan 2027 00:00");
  });

  it("is today and yesterday by the city's midnight", () => {
    const now = Date.parse("2026-11-30T16:30:00Z"); // half past midnight of 1 December
    expect(dayWords("2026-11-30T16:10:00Z", "en", now)).toBe("1 Dec 2026 Today");
    expect(dayWords("2026-11-30T15:50:00Z", "en", now)).toBe("30 Nov 2026 Yesterday");
    expect(dayWords("2026-11-29T15:50:00Z", "zh-CN", now)).toBe("2026年11月29日 星期日");
    expect(dayWords("2026-12-03T15:50:00Z", "en", now)).toBe("3 Dec 2026 Thursday");
  });

  it("goes with the others of its day, in their order", () => {
    const at = (time: string) => ({ at: time });
    const things = [at("2026-12-01T03:00:00Z"), at("2026-11-30T16:00:00Z"), at("2026-11-30T15:00:00Z")];
    expect(byDay(things).map(({ day, items }) => [day, items.length])).toEqual([
      ["2026-12-01", 2],
      ["2026-11-30", 1],
    ]);
    expect(byDay([])).toEqual([]);
  });
});

describe("a look", () => {
  it("names who looked, and what they are where the name does not say it", () => {
    expect(whoOf(look, "en")).toBe("康民大药房");
    expect(kindOf(look, "en")).toBe("Partner");
    const own = { ...look, actor_kind: "self", actor: "本人 self" };
    expect(whoOf(own, "zh-CN")).toBe("您本人");
    expect(kindOf(own, "zh-CN")).toBe("");
    expect(whoOf({ ...look, actor_kind: "staff", actor: "" }, "en")).toBe("Staff");
  });

  it("is by others when neither I nor the system on my behalf looked", () => {
    expect(isForeign(look)).toBe(true);
    expect(isForeign({ ...look, actor_kind: "self" })).toBe(false);
    expect(isForeign({ ...look, actor_kind: "system", actor: "system" })).toBe(false);
    expect(isForeign({ ...look, actor_kind: "system", actor: "public check" })).toBe(true);
  });

  it("shows data it has no word for by their name", () => {
    expect(fieldsOf(look, "en")).toBe("name, blood_type");
    expect(fieldsOf(look, "zh-CN")).toBe("姓名、blood_type");
  });

  it("says where nothing was read", () => {
    const source_words = { zh: "人口库", en: "population registry" };
    expect(sourceOf({ ...look, source_words, outcome: "live" }, "en")).toBe("population registry");
    expect(sourceOf({ ...look, source_words, outcome: "failed" }, "en")).toContain("nothing was read");
    expect(sourceOf(look, "en")).toBe("");
  });
});

describe("the picture of an address", () => {
  it("has its quiet zone of four modules and a finder pattern in the corner", () => {
    const { side, path } = linkPicture("https://city.example/check?id=cer_1&code=ABCD&t=x");
    expect((side - 8 - 17) % 4).toBe(0);
    expect(path).toContain("M4 4h1v1h-1z");
    expect(path).not.toMatch(/M[0-3] /u);
  });
});
