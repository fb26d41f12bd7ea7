import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { measureRows } from "./output.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "armature-rows-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, rows: readonly object[]): void {
  writeFileSync(join(folder, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const point = { type: "object", properties: { x: { type: "integer" } }, required: ["x"], additionalProperties: false };

test("counts the right, the silently wrong and the refused, and writes a line for each row", () => {
  put("repair.jsonl", [
    { source: "contract-hand", id: "1", raw: "{a: 1,}", expected: { a: 1 }, reject: false, tags: [], agree: 2 },
    { source: "contract-hand", id: "2", raw: "{a: 1,}", expected: { a: 2 }, reject: false, tags: [], agree: 0 },
    { source: "contract-hand", id: "3", raw: '{"a": 1, ...}', expected: null, reject: true, tags: ["ellipsis"] },
    { source: "odd", id: "7", raw: "{}", schema: { $ref: "#/none" }, expected: {}, reject: false, tags: [] },
    { source: "JSONTestSuite/y", id: "4", raw: '{"a":1,"a":2}', expected: { a: 2 }, reject: false, tags: [] },
  ]);
  put("bfcl_text.jsonl", [
    {
      source: "b",
      id: "5",
      kind: "call",
      fn: "f.g",
      schema: point,
      accept: { x: [1] },
      raw: '{"name":"f_g","arguments":{"x":"1"}}',
    },
    { source: "b", id: "6", kind: "args", schema: point, accept: { x: [2] }, raw: '{"x":1}' },
  ]);
  const { figures, targets, lines } = measureRows(folder);
  expect(figures).toEqual({
    "contract-hand": { rows: 3, right: 2, wrong: 1, refused: 1, schemaBreaks: 0 },
    consensus: { rows: 1, right: 1, wrong: 0, refused: 0, schemaBreaks: 0 },
    odd: { rows: 1, right: 0, wrong: 0, refused: 1, schemaBreaks: 0 },
    "JSONTestSuite/y": { rows: 1, right: 1, wrong: 0, refused: 1, schemaBreaks: 0 },
    bfcl_text: { rows: 2, right: 1, wrong: 1, refused: 0, schemaBreaks: 0 },
  });
  expect(targets.filter(({ held }) => !held).map(({ name }) => name)).toEqual([
    "contract-hand: rows not right",
    "contract-hand: silently wrong",
    "bfcl_text: share right",
  ]);
  expect(lines.map((line) => Object.keys(JSON.parse(line)))[0]).toEqual([
    "file",
    "source",
    "id",
    "status",
    "value",
    "changes",
    "issues",
  ]);
  expect(JSON.parse(lines[2]!)).toMatchObject({ file: "repair.jsonl", id: "3", status: "refused", changes: [] });
});
