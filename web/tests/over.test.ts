import { expect, test } from "vitest";
import { heedingBack, liesOver, takenAway } from "@/ui/over";

function page(): { target: EventTarget; back: () => void } {
  const target = new EventTarget();
  return { target, back: () => target.dispatchEvent(new Event("popstate")) };
}

test("a step back takes away what lies on top, one at a time, and then the screen", () => {
  const { target, back } = page();
  const heed = heedingBack(target);
  const taken: string[] = [];
  liesOver(() => taken.push("sheet"));
  liesOver(() => taken.push("question"));
  back();
  expect(heed()).toBe(false);
  back();
  expect(heed()).toBe(false);
  expect(taken).toEqual(["question", "sheet"]);
  back();
  expect(heed()).toBe(true);
});

test("whoever goes on to another screen is not held up", async () => {
  const { target, back } = page();
  const heed = heedingBack(target);
  const forget = liesOver(() => expect.unreachable());
  expect(heed()).toBe(true);
  forget();
  back();
  await new Promise((later) => setTimeout(later));
  const forgetToo = liesOver(() => expect.unreachable());
  expect(heed()).toBe(true); // the step back is over
  forgetToo();
});

test("what was put away otherwise is forgotten", () => {
  const forget = liesOver(() => expect.unreachable());
  forget();
  forget();
  expect(takenAway()).toBe(false);
});
