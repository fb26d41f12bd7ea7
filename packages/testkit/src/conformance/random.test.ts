import type { Random } from "@armature/contracts";
import { expect, test } from "vitest";
import { seededRandom } from "../fakes/seeded-random.js";
import { brokenPromises } from "./broken-promises.js";
import { describeRandom, randomPromises } from "./random.js";

describeRandom(() => seededRandom("a seed of words"));

test.each<[string, () => Random["next"], RegExp]>([
  ["ones", () => () => (Math.random() < 0.01 ? 1 : Math.random()), /stays in/],
  ["a bias", () => () => Math.random() ** 1.2, /uniform/],
  [
    "a pattern",
    () => {
      let count = 0;
      return () => (count++ % 1_000) / 1_000;
    },
    /does not follow/,
  ],
])("the suite finds chance with %s", async (_fault, next, promise) => {
  expect((await brokenPromises(randomPromises, () => ({ next: next() }))).join("\n")).toMatch(promise);
});
