import type { Tokenizer } from "@armature/contracts";
import { expect, test } from "vitest";
import { fakeTokenizer } from "../fakes/fake-tokenizer.js";
import { brokenPromises } from "./broken-promises.js";
import { describeTokenizer, tokenizerPromises } from "./tokenizer.js";

describeTokenizer(() => fakeTokenizer());

test.each<[string, Tokenizer["count"], RegExp]>([
  ["fractions", (text) => text.length / 4, /whole tokens/],
  ["a token for nothing", (text) => Math.ceil(text.length / 4) + 1, /none for nothing/],
  ["no count at all", () => 0, /whole tokens/],
  ["a fixed set of models", (text, model) => (model ? Number.NaN : Math.ceil(text.length / 4)), /never heard of/],
  ["special tokens counted as one", (text) => Math.ceil(text.replaceAll(/<\|.*\|>/g, "").length / 4), /special/],
  [
    "quadratic time",
    (text) => {
      const until = performance.now() + (text.length > 50_000 ? 2_100 : 0);
      while (performance.now() < until);
      return Math.ceil(text.length / 4);
    },
    /linear/,
  ],
])("the suite finds a tokenizer with %s", async (_fault, count, promise) => {
  expect((await brokenPromises(tokenizerPromises, () => ({ count }))).join("\n")).toMatch(promise);
});
