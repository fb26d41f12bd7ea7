import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { sequentialIds } from "../fakes/sequential-ids.js";
import { brokenPromises } from "./broken-promises.js";
import { describeIds, idsPromises } from "./ids.js";

describeIds(() => sequentialIds());

test.each<[string, () => () => string, RegExp]>([
  ["repetition", () => () => String(Math.floor(Math.random() * 1_000)), /twice/],
  ["no order", () => () => randomUUID(), /sort/],
  ["the time alone", () => () => String(Date.now()), /twice/],
  [
    "odd letters",
    () => {
      let count = 0;
      return () => `id/${String(count++).padStart(6, "0")}`;
    },
    /paths/,
  ],
])("the suite finds ids with %s", async (_fault, next, promise) => {
  expect((await brokenPromises(idsPromises, () => ({ next: next() }))).join("\n")).toMatch(promise);
});
