import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";

const call = z.object({ name: z.enum(["search.web"]), arguments: z.object({ q: z.string(), n: z.int().optional() }) });
const first = '{"name":"search_web","arguments":{"q":"a"}}';
const second = '{"name":"search_web","arguments":{"q":"b"}}';

describe("where the model's turn ends", () => {
  it.each(["<|im_end|>", "<|im_start|>assistant\n", "<|eot_id|>", "<end_of_turn>", "</s>"])(
    "what follows %s is not its answer",
    (mark) => {
      const result = parseOutput(`${first}${mark}${second}`, call);
      expect(result).toMatchObject({ status: "value", value: { arguments: { q: "a" } } });
      expect(result.changes).toContainEqual(expect.objectContaining({ kind: "text_after", before: mark + second }));
    },
  );

  it("does not end inside of a string, nor before the answer", () => {
    const text = `<|im_start|>assistant\n{"name":"search_web","arguments":{"q":"<|im_end|>"}}`;
    expect(parseOutput(text, call)).toMatchObject({ status: "value", value: { arguments: { q: "<|im_end|>" } } });
  });

  it("leaves a cut answer of the turn itself cut", () => {
    expect(parseOutput('{"name":"search_web","argum<|im_end|>', call)).toMatchObject({ code: "OUTPUT_TRUNCATED" });
  });
});

describe("what is no part of the model's answer", () => {
  const value = z.object({ a: z.int() });
  const analysis = '<|channel|>analysis<|message|>maybe {"a":2}<|end|>';

  it.each([
    ["a channel of thoughts", `${analysis}<|start|>assistant<|channel|>final<|message|>{"a":1}<|return|>`],
    ["a prompt that is echoed", '<|im_start|>user\n{"a":2}<|im_end|><|im_start|>assistant\n{"a":1}'],
    ["a turn of the user that the model made up", '{"a":1}<|im_end|>\n<|im_start|>user\n{"a":2}'],
    ["a turn of Gemma's user", '<start_of_turn>user\n{"a":2}<end_of_turn>\n<start_of_turn>model\n{"a":1}'],
    ["a draft whose tags differ in case", '<Think>{"a":2}</think>{"a":1}'],
  ])("%s", (_, text) => {
    expect(parseOutput(text, value)).toMatchObject({ status: "value", value: { a: 1 } });
  });

  it("is not the channel in which tools are called", () => {
    const text = `${analysis}<|start|>assistant<|channel|>commentary to=f <|constrain|>json<|message|>{"a":1}<|call|>`;
    expect(parseOutput(text, value)).toMatchObject({ status: "value", value: { a: 1 } });
  });

  it("leaves no answer where there is nothing else", () => {
    for (const text of [analysis, '<|im_start|>user\n{"a":2}<|im_end|>']) {
      expect(parseOutput(text, value)).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "no_json" }] });
    }
  });
});

describe("several tool calls", () => {
  const tagged = `<tool_call>\n${first}\n</tool_call>\n<tool_call>\n${second}\n</tool_call>`;

  it("are refused where they differ, for which one is wanted would be a guess", () => {
    expect(parseOutput(tagged, call)).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "ambiguous" }, {}] });
  });

  it("come down to the first that fits where the caller runs one a turn, and the rest is listed", () => {
    const other = '<tool_call>{"name":"other","arguments":{}}</tool_call>';
    const result = parseOutput(`${other}${tagged}<tool_call>{"name":"sea`, call, { severalCalls: "first" });
    expect(result).toMatchObject({ status: "value", value: { arguments: { q: "a" } } });
    expect(result.changes).toContainEqual(expect.objectContaining({ kind: "later_calls", class: "coercion" }));
  });

  it("are alternatives where they stand in prose", () => {
    const prose = `${first} or rather ${second}`;
    expect(parseOutput(prose, call, { severalCalls: "first" })).toMatchObject({ code: "OUTPUT_INVALID" });
  });

  it("never are a value where the first is cut", () => {
    const result = parseOutput('<tool_call>{"name":"search_web","arguments":{"q":"a', call, { severalCalls: "first" });
    expect(result).toMatchObject({ status: "refused", code: "OUTPUT_TRUNCATED" });
  });
});
