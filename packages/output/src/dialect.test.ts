import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";

const point = z.strictObject({ a: z.int(), b: z.string() });

function outcome(text: string, schema: z.ZodType = point): unknown {
  const result = parseOutput(text, schema, { finish: "stop" });
  return result.status === "value" ? result.value : `${result.code}:${result.issues[0]?.kind}`;
}

describe("what has one reading is read", () => {
  const right = { a: 1, b: "x" };
  it.each([
    ["single quotes and bare keys", "{a: 1, 'b': 'x'}"],
    ["typographic quotes", "{“a”: 1, “b”: “x”}"],
    ["commas too many and too few", '{,"a":1,,\n"b":"x",}\n'],
    ["comments", '{"a":1, // one\n/* two */ "b":"x" # three\n}'],
    ["a draft in think tags", '<think>{"a":9,"b":"y"}</think>{"a":1,"b":"x"}'],
    ["a fence in prose", 'Here {it} is:\n```json5\n{"a":1,"b":"x"}\n```\nAll {set}.'],
    ["a tool call tag", '<tool_call>\n{"a":1,"b":"x"}\n</tool_call>'],
    ["the same twice", '{"a":1,"b":"x"} or again {"b":"x","a":1}'],
    ["a repetition that is cut", '{"a":1,"b":"x"}\n{"a":1,"b'],
    ["strings added up", '{"a":1,"b":"" + "x"}'],
    ["a text in a text", JSON.stringify('{"a":1,"b":"x"}')],
    ["a text that was escaped as a whole", '{\\"a\\": 1,\n \\"b\\": \\"x\\"}'],
    ["the same on one line", '{\\n  \\"a\\": 1,\\n  \\"b\\": \\"x\\"\\n}'],
    ["a last brace forgotten", '{"a":1,"b":"x"'],
    ["keys in another case", '{"A":"1","B":"x"}'],
  ])("%s", (_, text) => {
    expect(outcome(text)).toEqual(right);
  });

  it("keeps what strings hold", () => {
    const one = z.object({ s: z.string() });
    expect(outcome('{"s":"C:\\Users\\new\\table"}', one)).toEqual({ s: "C:\\Users\\new\\table" });
    expect(outcome('{"s":"he said "hello" to me"}', one)).toEqual({ s: 'he said "hello" to me' });
    expect(outcome('{"s":"line\nbreak and \\d+"}', one)).toEqual({ s: "line\nbreak and \\d+" });
    expect(outcome('{"s":"a ```json\\n[1]\\n``` b"}', one)).toEqual({ s: "a ```json\n[1]\n``` b" });
  });
});

describe("what needs a guess is refused", () => {
  it.each([
    ["two different answers", '{"a":1,"b":"x"} no: {"a":2,"b":"x"}', "OUTPUT_INVALID:ambiguous"],
    ["a draft and a cut answer", '{"a":1,"b":"x"} better: {"a":2,"b', "OUTPUT_TRUNCATED:truncated"],
    ["a cut string", '{"a":1,"b":"x', "OUTPUT_TRUNCATED:truncated"],
    ["a cut number", '{"b":"x","a":1', "OUTPUT_TRUNCATED:truncated"],
    ["an ellipsis", '{"a":1,"b":"x", ...}', "OUTPUT_INVALID:ellipsis"],
    ["a key with two values", '{"a":1,"a":2,"b":"x"}', "OUTPUT_INVALID:duplicate_key"],
    ["more digits than a number keeps", '{"a":9007199254740993,"b":"x"}', "OUTPUT_INVALID:lossy_value"],
    ["a quote that may be an end", '{"a":1,"b":"x, "c": "y"}', "OUTPUT_INVALID:ambiguous_quotes"],
    ["members behind the end", '{"a":1,"b":"x"}, "c": 2}', "OUTPUT_INVALID:brackets"],
    ["parts of a broken whole", '[{"a":1{"a":1,"b":"x"}]', "OUTPUT_INVALID:syntax"],
    ["no JSON", "The answer is one.", "OUTPUT_INVALID:no_json"],
    ["a refusal", "I'm sorry, I can't help with that.", "OUTPUT_REFUSED:refusal"],
  ])("%s", (_, text, expected) => {
    expect(outcome(text)).toBe(expected);
  });

  it.each([
    '{"x":[[1]]]}, "summary":"s"}',
    '{"items":[1,2]]}',
    '{"a":1]\n"b":2}',
    '{"a":1},\n b: 2}',
    "{“a”:1}, “b”: 2}",
    '{"a":1} "b": 2}',
    '{"a":1}, // c\n"b": 2}',
    "[1,2],3]",
    '["a"], b]',
  ])("what goes on behind its last bracket: %j", (text) => {
    expect(outcome(text, z.unknown())).toBe("OUTPUT_INVALID:brackets");
  });

  it.each<[string, unknown]>([
    ['{"a":[1]]', { a: [1] }],
    ['{"a":1}}', { a: 1 }],
    ['{"a":1}\n\n"a": the number, as asked', { a: 1 }],
    ['{"a":1}, and note: this is all', { a: 1 }],
  ])("prose or a bracket behind it is none of that: %j", (text, value) => {
    expect(outcome(text, z.unknown())).toEqual(value);
  });

  it("is a refusal also where any string would do", () => {
    expect(outcome("I'm sorry, I can't help with that.", z.string())).toBe("OUTPUT_REFUSED:refusal");
    expect(outcome('"quoted"', z.string())).toBe("quoted");
  });
});

describe("coercion, where the schema decides", () => {
  it.each<[string, z.ZodType, string, unknown]>([
    ["grouped number", z.number(), '"1,234.50"', 1234.5],
    ["number as text", z.string(), "1.0", "1.0"],
    ["one for a list", z.array(z.string()), '"a"', ["a"]],
    ["enum spelling", z.enum(["in_progress", "done"]), '"In Progress"', "in_progress"],
    ["bare enum", z.enum(["yes", "no"]), "Yes", "yes"],
    ["null for absent", z.array(z.object({ a: z.int().optional() })), '[{"a":null}]', [{}]],
    ["embedded list", z.object({ l: z.array(z.string()) }), `{"l":"['a','b']"}`, { l: ["a", "b"] }],
    ["alias", z.object({ email: z.string().meta({ aliases: ["mail"] }) }), '{"mail":"m"}', { email: "m" }],
    ["union by fit", z.union([z.number(), z.boolean()]), '"true"', true],
    ["transform", z.string().transform((word) => word.length), '"abc"', 3],
    ["default", z.array(z.object({ a: z.int().default(7) })), '[{"a":null}]', [{ a: 7 }]],
  ])("%s", (_, schema, text, expected) => {
    expect(outcome(text, schema)).toEqual(expected);
  });

  it.each<[string, z.ZodType, string]>([
    ["unit", z.number(), '"42 items"'],
    ["decimal comma or group", z.number(), '"1,234"'],
    ["leading zeros", z.int(), '"007"'],
    ["truth of a word", z.boolean(), '"yes"'],
    ["several in one text", z.array(z.string()), '"a, b"'],
    ["rounding", z.int(), "3.7"],
    ["part of an enum", z.enum(["billing", "bug"]), '"bill"'],
    ["two members", z.union([z.object({ v: z.number() }), z.object({ v: z.array(z.number()) })]), '{"v":"5"}'],
  ])("not for %s", (_, schema, text) => {
    expect(String(outcome(text, schema))).toMatch(/^OUTPUT_INVALID/);
  });

  it("lists each change and can be switched off by kind", () => {
    const result = parseOutput(' {"A":"1","b":"x"}', point);
    expect(result.changes).toEqual([
      { kind: "key_spelling", class: "coercion", path: ["a"], before: "A", after: "a", span: { start: 6, end: 9 } },
      { kind: "number_from_text", class: "coercion", path: ["a"], before: "1", after: 1, span: { start: 6, end: 9 } },
    ]);
    expect(parseOutput('{"a":"1","b":"x"}', point, { without: ["number_from_text"] }).status).toBe("refused");
  });
});
