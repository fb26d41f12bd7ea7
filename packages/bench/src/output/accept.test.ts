import { expect, test } from "vitest";
import { accepts } from "./accept.js";

test("texts are compared without case, spaces and marks, numbers and truths as they are", () => {
  expect(accepts({ city: ["New York, NY"], n: [2], on: [true] }, { city: "new-york ny", n: 2, on: true })).toBe(true);
  expect(accepts({ n: [2] }, { n: "2" })).toBe(false);
  expect(accepts({ on: [true] }, { on: false })).toBe(false);
});

test("an argument may be absent or null where the empty text is accepted, and none may be strange", () => {
  expect(accepts({ a: [1], b: ["", 2] }, { a: 1 })).toBe(true);
  expect(accepts({ a: [1], b: ["", 2] }, { a: 1, b: null })).toBe(true);
  expect(accepts({ a: [1], b: [2] }, { a: 1 })).toBe(false);
  expect(accepts({ a: [1] }, { a: 1, c: 3 })).toBe(false);
  expect(accepts({ a: [1] }, undefined)).toBe(false);
});

test("lists keep their order; objects accept values member by member", () => {
  expect(accepts({ list: [["A b", "c"]] }, { list: ["ab", "C"] })).toBe(true);
  expect(accepts({ list: [["a", "b"]] }, { list: ["b", "a"] })).toBe(false);
  expect(accepts({ who: [{ name: ["Ann", "Bob"], age: ["", 3] }] }, { who: { name: "bob" } })).toBe(true);
  expect(accepts({ who: [[{ name: ["Ann"] }]] }, { who: [{ name: "Ann", age: 3 }] })).toBe(false);
});
