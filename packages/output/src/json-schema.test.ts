import type { JsonObject, JsonValue } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { parseOutput } from "./parse-output.js";

const outcome = (schema: JsonObject, json: JsonValue) => parseOutput(JSON.stringify(json), schema).status;

describe("a JSON Schema as a contract", () => {
  it.each<[string, JsonObject, JsonValue, JsonValue]>([
    ["a required key that no property describes", { type: "object", required: ["b"] }, { b: 1 }, { a: 1 }],
    [
      "the same under a rest",
      { type: "object", additionalProperties: { type: "integer" }, required: ["b"] },
      { b: 1 },
      { b: [] },
    ],
    ["an object without its type", { properties: { a: { type: "string" } } }, { a: "x" }, { a: [] }],
    ["a list without its type", { items: { type: "string" } }, ["x"], [[]]],
    ["one in a list", { type: "array", items: { required: ["a"] } }, [{ a: 1 }], [{}]],
    ["one under a name", { $ref: "#/$defs/A", $defs: { A: { required: ["a"] } } }, { a: 1 }, {}],
    ["definitions of draft 7", { $ref: "#/definitions/A", definitions: { A: { type: "boolean" } } }, true, "yes"],
    ["several types", { type: ["string", "null"] }, null, []],
    ["keys by a pattern", { type: "object", patternProperties: { "^n": { type: "integer" } } }, { n1: 1 }, { n1: "x" }],
    ["a constant", { const: 4 }, 4, 5],
    [
      "itself",
      {
        $ref: "#/$defs/T",
        $defs: { T: { type: "object", properties: { next: { $ref: "#/$defs/T" } }, additionalProperties: false } },
      },
      { next: { next: {} } },
      { next: { last: {} } },
    ],
  ])("holds for %s", (_, schema, right, wrong) => {
    expect(outcome(schema, right)).toBe("value");
    expect(outcome(schema, wrong)).toBe("refused");
  });

  it.each<JsonObject>([
    { not: { type: "string" } },
    { $ref: "#/none" },
    { $ref: "other.json" },
    { dependentRequired: { a: ["b"] } },
  ])("that cannot be held is an error of the caller: %j", (schema) => {
    expect(() => parseOutput("{}", schema)).toThrow(/JSON Schema cannot be understood/);
  });

  it("is left as it came", () => {
    const schema = { type: "object", required: ["a"] };
    outcome(schema, { a: 1 });
    expect(schema).toEqual({ type: "object", required: ["a"] });
  });
});

it("coerces by what a schema leaves to be understood", () => {
  const implied = { properties: { n: { type: "integer" }, list: { items: { type: "boolean" } } }, required: ["n"] };
  expect(parseOutput('{"N": "3", "list": ["true"]}', implied)).toMatchObject({ value: { n: 3, list: [true] } });
});
