import { expect, test } from "vitest";
import { forEachPair, weighPairs } from "./pairs.js";
import { isPlain, readSigns } from "./signs.js";

const spreads = {
  commas: { mean: 1, deviation: 2 },
  numbers: { mean: 0, deviation: 1 },
  "commas, given choices": { mean: 0, deviation: 1 },
};
const signs = [
  ["commas", 4],
  ["numbers", -9],
  ["unknown", 5],
  ["commas, given choices", 4],
] as const;

test("multiplies the places of every two plain signs, none of them farther than two deviations", () => {
  const pairs: [string, string, number][] = [];
  forEachPair(signs, spreads, (...pair) => pairs.push(pair));
  expect(pairs).toEqual([
    ["commas", "commas", 2.25],
    ["commas", "numbers", -3],
    ["numbers", "numbers", 4],
  ]);
});

test("adds up the pairs that have a weight", () => {
  expect(weighPairs(signs, spreads, { commas: { numbers: 0.5 }, numbers: { numbers: 1 } })).toBe(2.5);
  expect(weighPairs(signs, spreads, {})).toBe(0);
});

test("a sign that is read again for texts with choices is paired once", () => {
  const names = readSigns("Which one?\nA. this\nB. that").map(([name]) => name);
  expect(names.filter((name) => name.startsWith("commas"))).toHaveLength(2);
  expect(names.filter(isPlain).filter((name) => name.startsWith("commas"))).toEqual(["commas"]);
});
