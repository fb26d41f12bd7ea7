import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { LONG } from "./node.js";
import { steps } from "./steps.js";

const schema = z.object({ a: z.int() });

/** How many characters were examined to read `text` and to list what was changed in it. */
function stepsFor(text: string): number {
  const before = steps.count;
  const { changes } = parseOutput(text, schema, { finish: "stop" });
  expect(changes).toBeInstanceOf(Array);
  return steps.count - before;
}

/** Beyond this all texts are read in the same way. */
const LENGTH = LONG + 1_000;

const units = [
  "[",
  "]",
  "{",
  "}",
  '{"a":',
  '"\\',
  "\\",
  "`",
  "```",
  "```json\n",
  "<think>",
  "</think>",
  "<think></think>",
  '"',
  "'",
  "“",
  "“”",
  "‘’",
  '"""',
  ",",
  ":",
  "#",
  "/*",
  "//",
  "...",
  "1",
  "1e",
  " ",
  "\n",
  "{set} ",
  "{a: ",
  "{a:[",
  "[x} ",
  "{} ",
  "[1] ",
  "[1]{",
  "[/*",
  '[" ',
  "[' ",
  '["" ',
  "{{}",
  '{"',
  '{"a" ',
  '{"a//',
  "<think>{",
  "{`",
  "[C:\\",
  '["C:\\',
  "\u00a0",
  "[\u2026",
];
const pairs = ['"', "[", "{a:", ",", "<think>", "“", "\\", "/*", " "].flatMap((left, index, all) =>
  all.slice(index + 1).map((right) => left + right),
);

/** What opens a text before it is repeated without end, so that the repetition stands where a reader is busiest. */
const openings = ["", "[", '{"a":', '{"a":"', "[[1,", "{'a':'", '{"'];

describe("the reader's work is linear", () => {
  it.each([...units, ...pairs])("on %j repeated", (unit) => {
    for (const opening of openings) {
      const times = Math.ceil(LENGTH / unit.length);
      const short = opening + unit.repeat(times);
      const long = opening + unit.repeat(4 * times);
      const [few, many] = [stepsFor(short), stepsFor(long)];
      expect(many, `${opening}${unit}`).toBeLessThanOrEqual(4.1 * few + 2_000);
      expect(many, `${opening}${unit}`).toBeLessThanOrEqual(300 * long.length + 2_000);
    }
  });

  it("on a list of everything that departs from JSON", () => {
    const text = (times: number) => `[${'{a: \'b\', "c": "d "e" f", // g\n h: True,},'.repeat(times)}]`;
    expect(stepsFor(text(4_000))).toBeLessThanOrEqual(4.1 * stepsFor(text(1_000)));
  });

  it.each([
    ["alone", ""],
    ["in a text", "Here: "],
  ])("on a list of which every item is coerced, %s", (_, before) => {
    const stepsOf = (items: number) => {
      const start = steps.count;
      const texts = Array.from({ length: items }, (_, index) => String(10_000 + index));
      const numbers = parseOutput(before + JSON.stringify(texts), z.array(z.int()));
      expect(numbers).toMatchObject({ status: "value", value: texts.map(Number) });
      expect(numbers.changes.length).toBeGreaterThanOrEqual(items);
      const back = parseOutput(
        before + JSON.stringify(numbers.status === "value" && numbers.json),
        z.array(z.string()),
      );
      expect(back).toMatchObject({ status: "value", value: texts });
      return steps.count - start;
    };
    expect(stepsOf(4_000)).toBeLessThanOrEqual(4.1 * stepsOf(1_000));
  });

  it("at the end of deep nesting", () => {
    const text = (times: number) => `${"[".repeat(250)}${"a,".repeat(times)}`;
    expect(stepsFor(text(40_000))).toBeLessThanOrEqual(4.1 * stepsFor(text(10_000)));
  });
});

describe("what is too deep, too long or too much ends in an issue", () => {
  const depth = 1_000_000;

  it.each([
    ["brackets", "[".repeat(depth)],
    ["closed brackets", "[".repeat(depth) + "]".repeat(depth)],
    ["objects", `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
    ["bare objects", `${"{a:".repeat(depth)}1${"}".repeat(depth)}`],
    ["brackets in prose", `Look: ${"[".repeat(depth)}`],
    ["a string of JSON", JSON.stringify("[".repeat(depth))],
  ])("%s a million levels deep", (_, text) => {
    const result = parseOutput(text, schema);
    expect(result).toMatchObject({ status: "refused", code: "OUTPUT_INVALID" });
    expect(result.issues[0]?.kind).toBe("too_deep");
  });

  it("where the paths to the departures would outgrow the text", () => {
    const result = parseOutput(`${"[".repeat(250)}${"a,".repeat(100_000)}`, schema);
    expect(result.issues[0]?.kind).toBe("too_many");
  });

  it("where every other character departs from JSON", () => {
    const result = parseOutput(`[${"a,".repeat(1_100_000)}]`, schema);
    expect(result.issues[0]?.kind).toBe("too_many");
  });
});
