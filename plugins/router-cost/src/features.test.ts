import { describe, expect, it } from "vitest";
import { readFeatures } from "./features.js";

describe("readFeatures", () => {
  it("counts what is there", () => {
    expect(readFeatures("Why is 3.5 more than 1,000? Explain, and explain again?")).toEqual({
      tokens: 19,
      questions: 2,
      numbers: 2,
      hasCode: false,
      reasoningWords: 2,
      negations: 0,
      names: 0,
      commas: 1,
      isReadable: true,
    });
  });

  it("counts questions and numbers, not what looks like them", () => {
    const { questions, numbers } = readFeatures(
      'See http://a.b/?c=1 and =?utf-8?q?x?= "Really?" 什么？ Version 1.2.3, 4 of 5.',
    );
    expect({ questions, numbers }).toEqual({ questions: 2, numbers: 5 });
  });

  it.each(["```\nx\n```", "if (a) {\n", "run();\n", "def f(x):", "let x = 1", "#include <a.h>", "SELECT a FROM b"])(
    "sees code in %j",
    (text) => expect(readFeatures(text).hasCode).toBe(true),
  );

  it.each([
    "Content-Type: text/plain;\n charset=us-ascii",
    "let me know",
    "import duties rise",
    "class dismissed",
    "Please select one from the list",
  ])("sees no code in %j", (text) => expect(readFeatures(text).hasCode).toBe(false));

  it.each([
    ["", false],
    ["12 + 30", false],
    ["¿Dónde está?", true],
    ["Где мой счёт?", false],
    ["你好,请问发票在哪里?", false],
  ])("says of %j whether it can be read", (text, readable) => {
    expect(readFeatures(text).isReadable).toBe(readable);
  });

  it("is quick on a text of any length", () => {
    const before = process.cpuUsage();
    for (const piece of ["SELECT ", "a", "}", "1,", "class a"]) readFeatures(piece.repeat(1_000_000));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});
