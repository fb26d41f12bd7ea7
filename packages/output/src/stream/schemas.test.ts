import type { JsonObject } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { chunksOf } from "./model-text.fixture.js";
import { streamOutput } from "./output-stream.js";
import { leadsTo } from "./snapshot.js";

interface Tree {
  name: string;
  children: Tree[];
}
const Tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(Tree) }));

const CASES: Readonly<Record<string, readonly [schema: z.ZodType, text: string]>> = {
  "any JSON": [z.json(), '{"a":[1,{"b":null}],"c":"x"}'],
  "a tree": [Tree, '{"name":"a","children":[{"name":"b","children":[]},{"name":"c","children":[]}]}'],
  "an intersection": [z.object({ a: z.int() }).and(z.object({ b: z.enum(["x"]) })), '{"a":"1","b":"X"}'],
  "a tuple": [z.tuple([z.string(), z.int(), z.enum(["x"])]), '["a","2","X"]'],
  "a tuple with a rest": [z.tuple([z.string()], z.int()), '["a","2",3]'],
  "a record of an enum": [z.partialRecord(z.enum(["a", "b"]), z.int()), '{"a":"1","b":2}'],
  "what may be null or absent": [
    z.object({ a: z.string().nullable(), b: z.int().optional(), c: z.int().nullish() }),
    '{"a":null,"b":null,"c":null}',
  ],
  "a default": [z.object({ a: z.string().default("x"), b: z.int() }), '{"b":"7"}'],
  "a union of kinds": [z.array(z.union([z.int(), z.boolean(), z.object({ a: z.int() })])), '[1,true,{"a":"2"},"3"]'],
  "a text or a number": [z.array(z.union([z.string(), z.int()])), '["42",42]'],
  literals: [z.object({ a: z.literal([1, "one", true]), b: z.literal("x") }), '{"a":"ONE","b":"x"}'],
  "one for a list": [z.object({ tags: z.array(z.object({ a: z.int() })) }), '{"tags":{"a":"1"}}'],
  "JSON in a text": [z.object({ by: z.object({ a: z.int() }) }), '{"by":"{\\"a\\":\\"1\\"}"}'],
  "a transform": [z.object({ a: z.string().transform((a) => a.length) }), '{"a":"four"}'],
  "a strict object": [z.strictObject({ a: z.int(), b: z.string() }), "{a: 1, b: 'x',}"],
  "a loose object": [z.looseObject({ a: z.int() }), '{"a":1,"b":{"c":[1]}}'],
  "a text as the whole": [z.string(), '"a \\u00e9 b"'],
  "an enum as the whole": [z.enum(["bug"]), '"bug"'],
};

describe("a stream of", () => {
  it.each(Object.entries(CASES))("%s shows what the whole comes to, and takes nothing back", (_, [schema, text]) => {
    const stream = streamOutput(schema);
    for (const chunk of chunksOf(text, [1])) {
      expect(stream.push(chunk)).toEqual([]);
      stream.partial();
    }
    const whole = parseOutput(text, schema);
    if (whole.status === "refused") throw new Error(JSON.stringify(whole.issues));
    const last = stream.partial();
    if (last.value !== undefined) expect(last).toEqual({ value: whole.json, growing: [] });
    expect(leadsTo(last, whole.json)).toBe(true);
    expect(stream.end()).toEqual(whole);
  });

  it("a union that refers to itself ends", () => {
    const schema: JsonObject = {
      $ref: "#/$defs/a",
      $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }, { type: "string" }] } },
    };
    const stream = streamOutput(schema);
    stream.push('"abc');
    expect(stream.partial().value).toBe("abc");
  });
});
