import { expect, it } from "vitest";
import { z } from "zod";
import { askInWords, toJsonSchema } from "./ask.js";
import { parseOutput } from "./parse-output.js";

const event = z.object({
  title: z.string().meta({ aliases: ["name"], description: "A few words." }),
  at: z.date(),
  size: z.string().transform((text) => text.length),
  tags: z.array(z.string()).default([]),
});

it("asks for what goes into a schema, and for dates as texts", () => {
  expect(toJsonSchema(event)).toEqual({
    type: "object",
    properties: {
      title: { type: "string", description: "A few words." },
      at: { type: "string", format: "date-time" },
      size: { type: "string" },
      tags: { type: "array", items: { type: "string" }, default: [] },
    },
    required: ["title", "at", "size"],
  });
});

it("says it in words that hold the schema", () => {
  const words = askInWords(toJsonSchema(event));
  expect(JSON.parse(words.slice(words.indexOf("{")))).toEqual(toJsonSchema(event));
});

it("still reads the aliases that it does not show", () => {
  const result = parseOutput('{"name":"x","at":"2026-01-01","size":"abc"}', event);
  expect(result).toMatchObject({ value: { title: "x", at: new Date("2026-01-01"), size: 3, tags: [] } });
});

it("leaves a JSON Schema as it is, but for the name of its dialect and that it is of an object", () => {
  const schema = { properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] };
  expect(toJsonSchema({ $schema: "http://json-schema.org/draft-07/schema#", ...schema })).toEqual({
    type: "object",
    ...schema,
  });
  const union = { anyOf: [{ type: "object" }, { type: "null" }] };
  expect(toJsonSchema(union)).toEqual(union);
});

it.each([[3], [null], [new (class Schema {})()], [{ type: "object", if: {}, else: {} }]])(
  "refuses %j as a schema",
  (schema) => {
    expect(() => toJsonSchema(schema as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  },
);
