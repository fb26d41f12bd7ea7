import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";

const texts = z.array(z.string());
const numbers = z.array(z.number());
const item = z.object({ a: z.number() });
const anything = z.unknown();

function outcome(text: string, schema: z.ZodType, options = {}): unknown {
  const result = parseOutput(text, schema, { finish: "stop", ...options });
  return result.status === "value" ? result.value : (result.issues[0]?.kind ?? "no issue");
}

describe("brackets in a sentence", () => {
  it.each<[string, z.ZodType, string]>([
    ["See [docs](http://x.example).", texts, "no_json"],
    ["- [x] done", texts, "no_json"],
    ["Options: [billing]. None apply.", texts, "no_json"],
    ["I found no tags [sic] in it.", texts, "no_json"],
    ["I'm sorry, I can't help with that [1].", numbers, "refusal"],
    ["arr[0] = 5", numbers, "no_json"],
    ["as was shown in [1, 2]", numbers, "no_json"],
    ["function f() {} is empty", z.looseObject({}), "no_json"],
    ["The set {x: x > 0} is open", anything, "no_json"],
  ])("are no answer: %s", (text, schema, issue) => {
    expect(outcome(text, schema)).toBe(issue);
  });

  it.each<[string, z.ZodType, unknown]>([
    ["Here are your tags: [billing, bug]", texts, ["billing", "bug"]],
    ["Tags: `[a, b]`.", texts, ["a", "b"]],
    ["All of them:\n```\n[a, b]\n```\nThat is it.", texts, ["a", "b"]],
    ["<answer>[a]</answer>", texts, ["a"]],
    ["[1, 2]\nThese are the primes.", numbers, [1, 2]],
    ["[1, 2] // the primes", numbers, [1, 2]],
    ["callback([1, 2]);", numbers, [1, 2]],
    ['It is {"a":1}, I think.', item, { a: 1 }],
    ["It is {a: 1}, I think.", item, { a: 1 }],
  ])("are one where they are presented or meant as JSON: %s", (text, schema, value) => {
    expect(outcome(text, schema)).toEqual(value);
  });
});

describe("of several values", () => {
  it.each<[string, z.ZodType, string]>([
    ["a part behind a broken one", anything, '{"lanes":[1]],"flows":[2]}'],
    ["the echo of an input, before an output that does not fit", item, 'Input: {"a":1}\nOutput: {"a":"unknown"}'],
    ["a last item, behind a list that does not fit", z.array(item), '[{"a":1},{"a":"bad"}]\nlast: {"a":3}'],
    ["one of a list that was written twice", z.array(item), '{"a":1}\n{"a":1}'],
    ["one of a list, of which the next is cut", z.array(item), '{"a":1}\n{"a"'],
  ])("%s is not the answer", (_, schema, text) => {
    expect(parseOutput(text, schema, { finish: "stop" })).toMatchObject({ code: "OUTPUT_INVALID" });
  });

  it("what fits is the answer beside what was never one", () => {
    const text = 'By {"type":"object"} this is {"a":1}, with {"confidence":0.9}';
    expect(outcome(text, item)).toEqual({ a: 1 });
  });

  it("the first call is taken of what stands in tags of calls, and of no others", () => {
    const inTags = (open: string, close: string) => `${open}{"a":1}${close}\n${open}{"a":2}${close}`;
    const first = { severalCalls: "first" };
    expect(outcome(inTags("<tool_call>", "</tool_call>"), item, first)).toEqual({ a: 1 });
    expect(outcome(inTags("<function=search>", "</function>"), item, first)).toEqual({ a: 1 });
    expect(outcome(inTags("<|python_tag|>", ""), item, first)).toEqual({ a: 1 });
    for (const tag of ["draft", "wrong", "example", "br"]) {
      expect(outcome(inTags(`<${tag}>`, `</${tag}>`), item, first)).toBe("ambiguous");
    }
  });
});
