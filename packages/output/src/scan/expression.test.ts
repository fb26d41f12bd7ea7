import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { streamOutput } from "../stream/output-stream.js";

const outcome = (text: string) => {
  const result = parseOutput(text, z.unknown(), { finish: "stop" });
  return result.status === "value" ? result.value : result.issues[0]?.kind;
};

describe("strings that are part of code", () => {
  it.each([
    '{"s": "Hello " + name + "!"}',
    '{"s": "Hello " "World"}',
    '{"s": "a" or "b"}',
    '{"s": "a" | "b"}',
    '{"s": "a"/"b"}',
    '{"s": "a %s" % "b"}',
    '["s" => "x"]',
    '["a" = "b"]',
    '["a" or "b"]',
    '["Hello " "World"]',
    '["Hello"\n" World"]',
    '{"s": "5" + "6" inches"}',
    "{'s': 'Hello ' + name + '!'}",
  ])("%s is refused", (text) => {
    expect(outcome(text)).toBe("ambiguous_quotes");
  });

  it.each(['{"s": x ? "a" : "b"}', '[foo "bar"]'])("%s is refused", (text) => {
    expect(outcome(text)).toBe("lossy_value");
  });

  it.each<[string, unknown]>([
    ['{"s": "a" + "b"}', { s: "ab" }],
    ['["a" "b"]', ["a", "b"]],
    ['["a"\n"b"]', ["a", "b"]],
    ['{"s": "the "red" or "blue" one"}', { s: 'the "red" or "blue" one' }],
    ['{"s": ""red" or "blue" it is"}', { s: '"red" or "blue" it is' }],
    ['{"s": "<a href="x" class="y">z</a>"}', { s: '<a href="x" class="y">z</a>' }],
    ['{s: John "age": 5}', { s: "John", age: 5 }],
  ])("%s has one reading", (text, value) => {
    expect(outcome(text)).toEqual(value);
  });

  it("are never called complete by a stream", () => {
    for (const text of ['{"s": "Hello " "World"}', '{"s": "a" | "b"}', '{"s": "a"/"b"}', '{"s": x ? "a" : "b"}']) {
      const stream = streamOutput(z.object({ s: z.string() }));
      for (const char of text) stream.push(char);
      expect(stream.partial().complete(["s"]), text).toBe(false);
    }
  });
});

describe("comment marks behind a text", () => {
  it.each([
    ["{s: Fix bug #12\n}", "lossy_value"],
    ["{s: I use C # daily\n}", "lossy_value"],
    ["{s: and // or\n}", "lossy_value"],
    ["[\n a #1,\n b #2\n]", "lossy_value"],
    ['{"s": "a" #1 choice",\n"t":"b"}', "ambiguous_quotes"],
    ['{"s": "a" // "b"\n}', "ambiguous_quotes"],
  ])("%j may be part of it", (text, kind) => {
    expect(outcome(text)).toBe(kind);
  });

  it.each<[string, unknown]>([
    ['{"s": "a" # the "best" of all\n}', { s: "a" }],
    ['{"s": "a", # "b",\n}', { s: "a" }],
    ['{"s": "a"\n// "t": "b",\n}', { s: "a" }],
    ["{n: 1 # one\n, t: True // yes\n}", { n: 1, t: true }],
    ["{s: a#1, t: http://x}", { s: "a#1", t: "http://x" }],
  ])("%j has one reading", (text, value) => {
    expect(outcome(text)).toEqual(value);
  });
});
