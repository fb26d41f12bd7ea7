import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { streamOutput } from "../stream/output-stream.js";

function outcome(text: string, schema: unknown): unknown {
  const result = parseOutput(text, schema as z.ZodType, { finish: "stop" });
  return result.status === "value" ? result.value : result.issues[0]?.kind;
}

describe("the spelling of an enum keeps signs, points and grades", () => {
  it.each<[string[], string]>([
    [["A+", "A-"], "O"],
    [["-10", "0"], "10"],
    [["1", "2"], "-1"],
    [["10", "20"], "1.0"],
    [["11.0", "2.0"], "1.10"],
    [["12", "13"], "1-2"],
    [["12", "13"], "1 2"],
    [["A", "B"], "A-"],
    [["AA+", "AA-"], "AA"],
    [["UTC-1", "UTC+1"], "UTC1"],
  ])("%j is not spelled %s", (members, word) => {
    expect(outcome(JSON.stringify(word), z.enum(members))).toBe("invalid_value");
  });

  it.each<[string[], string, string]>([
    [["in_progress"], "In-Progress", "in_progress"],
    [["tier_1"], "Tier 1", "tier_1"],
    [["tier_1"], "tier1", "tier_1"],
    [["U.S.A"], "usa", "U.S.A"],
    [["bug"], "Bug.", "bug"],
    [["UTC-1"], "utc -1", "UTC-1"],
  ])("%j is spelled %s", (members, word, member) => {
    expect(outcome(JSON.stringify(word), z.enum(members))).toBe(member);
  });

  it("is met by the number or boolean that is written alike", () => {
    expect(outcome('{"g":3}', z.object({ g: z.enum(["1", "2", "3"]) }))).toEqual({ g: "3" });
    expect(outcome('{"g":3.0}', z.object({ g: z.enum(["1", "2", "3"]) }))).toBe("invalid_value");
    expect(outcome("true", z.enum(["true", "false"]))).toBe("true");
  });
});

describe("a union", () => {
  const a = z.object({ a: z.string() });
  const b = z.object({ b: z.string() });

  it.each<[string, z.ZodType, string]>([
    ["two members that drop different keys", z.union([a, b]), '{"a":"x","b":"y"}'],
    [
      "a first member that drops what a later one keeps",
      z.union([a, a.extend({ b: z.string() })]),
      '{"a":"x","b":"y"}',
    ],
    ["one that needs no key", z.union([z.object({ c: z.string().optional() }), a]), '{"a":"x"}'],
    ["an object before a record", z.union([a, z.record(z.string(), z.string())]), '{"a":"x","c":"y"}'],
    ["further in", z.object({ l: z.array(z.union([a, b])) }), '{"l":[{"a":"x","b":"y"}]}'],
    [
      "a number or a list of it, though the schema coerces",
      z.object({ v: z.union([z.coerce.number(), z.array(z.number())]) }),
      '{"v":"5"}',
    ],
  ])("refuses %s", (_, schema, text) => {
    expect(outcome(text, schema)).toBe("ambiguous");
  });

  it.each<[string, z.ZodType, string, unknown]>([
    [
      "a first member that keeps all",
      z.union([a.extend({ b: z.string() }), a]),
      '{"a":"x","b":"y"}',
      { a: "x", b: "y" },
    ],
    ["members that drop the same", z.union([a, z.object({ a: z.string().min(1) })]), '{"a":"x","c":1}', { a: "x" }],
    ["members that drop nothing", z.union([a, b]), '{"b":"x"}', { b: "x" }],
  ])("takes %s", (_, schema, text, value) => {
    expect(outcome(text, schema)).toEqual(value);
  });
});

describe("keys of the text", () => {
  const version = z.object({ version: z.string().meta({ aliases: ["ver"] }) });

  it.each(['{"Ver":1.10}', '{"Vérsion":1.10}', '"{\\"version\\": 1.10}"', '{"VERSION":1.10}'])(
    "%s keeps its number as it was written",
    (text) => {
      expect(outcome(text, version)).toEqual({ version: "1.10" });
      expect(outcome(`{"o":${text}}`, z.object({ o: version }))).toEqual({ o: { version: "1.10" } });
    },
  );

  it("have their places in the text under other names, too", () => {
    const result = parseOutput('{"Ver":1.10}', version);
    expect(result.changes.map(({ path, span }) => [path, span])).toEqual([
      [["version"], { start: 7, end: 11 }],
      [["version"], { start: 7, end: 11 }],
    ]);
  });

  it.each<[string, z.ZodType]>([
    ['{"user_id":1,"USERID":2}', z.object({ userId: z.int().optional() })],
    ['{"mail":"a","email":"b"}', z.object({ email: z.string().meta({ aliases: ["mail"] }) })],
  ])("that are two for one field are refused: %s", (text, schema) => {
    expect(outcome(text, schema)).toBe("ambiguous");
  });

  it("may be two for one field where they say the same, or where any key is taken", () => {
    expect(outcome('{"user_id":1,"USERID":1}', z.object({ userId: z.int() }))).toEqual({ userId: 1 });
    const loose = z.looseObject({ userId: z.int() });
    expect(outcome('{"userId":1,"user_id":2}', loose)).toEqual({ userId: 1, user_id: 2 });
  });
});

describe("JSON Schemas", () => {
  it("ask for what stands beside a union, too", () => {
    const properties = { a: { type: "number" }, b: { type: "string" } };
    const schema = { type: "object", properties, anyOf: [{ required: ["a"] }, { required: ["b"] }] };
    expect(outcome('{"a":"5"}', schema)).toEqual({ a: 5 });
  });

  it("allow null in the words of OpenAPI", () => {
    const schema = { type: "object", properties: { a: { type: "string", nullable: true } }, required: ["a"] };
    expect(outcome('{"a":null}', schema)).toEqual({ a: null });
  });

  it("may have patterns that are none with the flag u", () => {
    const schema = { type: "object", properties: { a: { type: "string", pattern: "^[\\w-.]+$" } } };
    expect(outcome('{"a":"x-y"}', schema)).toEqual({ a: "x-y" });
    expect(() => outcome('{"a":"x"}', { type: "string", pattern: "(" })).toThrow(/cannot be understood|no regular/);
  });
});

describe("a text in a text", () => {
  it("is read, unless that is switched off", () => {
    const schema = z.object({ a: z.int() });
    expect(parseOutput('"{\\"a\\":1}"', schema).status).toBe("value");
    expect(parseOutput('"{\\"a\\":1}"', schema, { without: ["double_encoded", "embedded_json"] }).status).toBe(
      "refused",
    );
  });

  it("shows its numbers as they are written while it is streamed", () => {
    const stream = streamOutput(z.object({ v: z.array(z.string()) }));
    stream.push('{"v":"[1.10, 2]"}');
    expect(stream.partial().value).toEqual({ v: ["1.10", "2"] });
    const other = streamOutput(z.object({ o: z.object({ version: z.string() }) }));
    other.push('{"o":"{\\"version\\": 1.10}"}');
    expect(other.partial().value).toEqual({ o: { version: "1.10" } });
  });
});
