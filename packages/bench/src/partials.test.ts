import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { streamRows } from "./partials/streamed.js";
import { compareRows } from "./partials.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "armature-partials-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" }, tags: { type: "array", "x-alias": "labels" } },
};

test("names the way in which each row differs", () => {
  const rows = [
    { raw: '{"name":"Ann"', expected: { name: "Ann" }, difference: null },
    { raw: '{"labels":[1,2],', schema: person, expected: { tags: [1, 2] }, difference: null },
    { raw: "oops", reject: true, expected: null, difference: null },
    { raw: "[1,]", reject: true, expected: null, difference: "dialect" },
    { raw: '["a" "b" x}', reject: true, expected: null, difference: "before_fault" },
    { raw: '{"name":"Ann","age":4', expected: { name: "Ann", age: 4 }, difference: "open_scalar" },
    { raw: "tr", expected: true, difference: "open_scalar" },
    { raw: '"a\\u00', expected: "au00", difference: "open_escape" },
    { raw: '{"name":"Ann"', expected: { name: "Ann", tags: [] }, compare: "nullish", difference: "filled" },
    { raw: '{"name":"', expected: {}, difference: "empty_text" },
    { raw: '{"age":"x","name":"Ann"', schema: person, expected: { age: null, name: "Ann" }, difference: "withheld" },
    { raw: '{"name":"Ann"', expected: { name: "Bob" }, difference: "other" },
  ];
  const text = rows.map(({ difference: _, ...row }, at) => JSON.stringify({ source: "a", id: `${at}`, ...row }));
  writeFileSync(join(folder, "partials.jsonl"), text.join("\n"));
  const { sources, differences, lines } = compareRows(folder);
  expect(lines.map((line) => JSON.parse(line).difference)).toEqual(rows.map((row) => row.difference));
  expect(sources).toEqual({ a: { rows: 12, agree: 3 } });
  expect(differences).toMatchObject({ open_scalar: 2, withheld: 1 });
});

test("counts how much of each output had been shown when it came to its end", () => {
  const rows = [
    { raw: '{"name":"Ann","age":"4"}' },
    { raw: 'Sure: {"name":"say "no" "yes"", "age": 4}' },
    { raw: "no name" },
    { raw: '{"name":1}{"name":"Ann"}', schema: { type: "object", required: ["age"] } },
    { raw: '{"age":1} or rather {"age":2,"name":"Ann"}', schema: { ...person, required: ["name"] } },
    { raw: '{"name":"Ann"', schema: { type: 7 } },
  ];
  const text = rows.map((row, at) => JSON.stringify({ source: "a", id: `${at}`, schema: person, ...row }));
  writeFileSync(join(folder, "repair.jsonl"), text.join("\n"));
  expect(streamRows(folder)).toEqual({
    repair: { values: 3, whole: 1, beginning: 1, nothing: 0, withdrawn: 1, refusedAndWithdrawn: 1 },
  });
});
