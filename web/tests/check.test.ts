import { expect, test } from "vitest";
import { grouped, printedIn, verdictOf } from "@/check/address";

const HERE = "https://city.example";

test("the address in a certificate's QR leads to its verdict in the reader's language", () => {
  const printed = printedIn(`${HERE}/check?id=cer_1&code=7K2M-9QRT&t=abc&x=1`, HERE);
  expect(printed).toEqual({ id: "cer_1", code: "7K2M-9QRT", token: "abc" });
  if (printed !== null) expect(verdictOf(printed, "en")).toBe("/check?id=cer_1&code=7K2M-9QRT&t=abc&lang=en");
});

test.each([
  "1.2.156.3005.2.1",
  "https://city.example.evil/check?id=a&code=b",
  "https://evil.example/check?id=a&code=b",
  `${HERE}/m/?id=a&code=b`,
  `${HERE}/check?id=a`,
  `${HERE}/check?id=a&code=${"b".repeat(129)}`,
  "javascript:alert(1)",
])("%s leads nowhere", (text) => {
  expect(printedIn(text, HERE)).toBeNull();
});

test("a code is written as it is printed while it is typed", () => {
  expect(["7k2", "7k2m", "7k2m9", "7K2M-9qrt04xwzb3c", "7k2m 9qrt-04xwzb3c99"].map(grouped)).toEqual([
    "7K2",
    "7K2M",
    "7K2M-9",
    "7K2M-9QRT-04XW-ZB3C",
    "7K2M-9QRT-04XW-ZB3C",
  ]);
});
