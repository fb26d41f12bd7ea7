import type { JsonObject } from "@armature/contracts";
import { expect, test } from "vitest";
import { strictForm } from "./strict-schema.js";

const closed = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

test("takes a closed object as it stands", () => {
  const schema = closed({
    kind: { enum: ["a", "b"] },
    tags: { type: "array", items: { type: "string" } },
    inner: closed({ n: { type: "integer" } }),
    maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
  });
  expect(strictForm(schema)).toEqual(schema);
});

test("says in words what narrows a value, and leaves the given schema as it is", () => {
  const schema = closed({
    sender: { type: "string", format: "email", pattern: "^(?!\\.).+$", description: "Who wrote it." },
    count: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
    share: { type: "number", minimum: 0, maximum: 1 },
    tags: { type: "array", items: { type: "string", maxLength: 9 }, maxItems: 3 },
  });
  const before = structuredClone(schema);
  expect(strictForm(schema)?.properties).toEqual({
    sender: { type: "string", description: 'Who wrote it. {"format":"email","pattern":"^(?!\\\\.).+$"}' },
    count: { type: "integer" },
    share: { type: "number", description: '{"minimum":0,"maximum":1}' },
    tags: {
      type: "array",
      items: { type: "string", description: '{"maxLength":9}' },
      description: '{"maxItems":3}',
    },
  });
  expect(schema).toEqual(before);
});

test("says oneOf by anyOf", () => {
  const options = [closed({ a: { const: 1 } }), closed({ b: { const: 2 } })];
  expect(strictForm(closed({ either: { oneOf: options } }))?.properties).toEqual({ either: { anyOf: options } });
});

test.each<[string, JsonObject]>([
  ["an open object", { type: "object", properties: {} }],
  ["a record", { type: "object", additionalProperties: { type: "string" } }],
  ["an open object inside", closed({ inner: { type: "object", properties: {} } })],
  ["an open object in a list", closed({ list: { type: "array", items: { type: "object" } } })],
  ["an open object among several", closed({ either: { anyOf: [{ type: "object" }, { type: "null" }] } })],
  ["a reference", closed({ next: { $ref: "#" } })],
  ["an unknown keyword", closed({ a: { type: "string", not: { const: "x" } } })],
  ["a place without a schema", closed({ a: true })],
  ["25 optional properties", closed(Object.fromEntries(many(25, { type: "string" })), [])],
  ["17 unions", closed(Object.fromEntries(many(17, { type: ["string", "null"] })))],
])("has no form for %s", (_what, schema) => {
  expect(strictForm(schema)).toBeUndefined();
});

test("has one up to these numbers", () => {
  expect(strictForm(closed(Object.fromEntries(many(24, { type: "string" })), []))).toBeDefined();
  expect(strictForm(closed(Object.fromEntries(many(16, { type: ["string", "null"] }))))).toBeDefined();
});

function many(count: number, schema: JsonObject): [string, JsonObject][] {
  return Array.from({ length: count }, (_, index) => [`p${index}`, schema]);
}
