import { describe, expect, it } from "vitest";
import { base64url, fromBase64url, utf8 } from "@/api/base64url";

describe("base64url", () => {
  it.each([
    [[], ""],
    [[255], "_w"],
    [[255, 254], "__4"],
    [[255, 254, 253], "__79"],
    [[0, 16, 131, 16], "ABCDEA"],
  ])("writes %j as RFC 4648 does", (bytes, text) => {
    expect(base64url(Uint8Array.from(bytes))).toBe(text);
    expect([...fromBase64url(text)]).toEqual(bytes);
  });

  it("writes texts as UTF-8", () => {
    expect(base64url("一次")).toBe("5LiA5qyh");
    expect([...utf8("é€😀")]).toEqual([...new TextEncoder().encode("é€😀")]);
  });

  it("reads nothing that is not base64url", () => {
    expect(() => fromBase64url("a+b=")).toThrow(RangeError);
  });
});
