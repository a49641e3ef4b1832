import { expect, test } from "vitest";
import { DeviceKey } from "@/device/keys";
import type { Vault } from "@/device/vault";

/** A store in memory that is empty when it is first read, whatever was put there since. */
function store(): Vault {
  const things = new Map<string, unknown>();
  return {
    read: () => Promise.resolve(null),
    settle: (key: string, made: unknown) => {
      if (!things.has(key)) things.set(key, made);
      return Promise.resolve(things.get(key));
    },
  } as unknown as Vault;
}

test("two windows that open for the first time at once have one key", async () => {
  const vault = store();
  const [one, other] = await Promise.all([DeviceKey.kept(vault), DeviceKey.kept(vault)]);
  expect(await other.thumbprint()).toBe(await one.thumbprint());
});
