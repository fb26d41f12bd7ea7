import { describe, expect, it } from "vitest";
import { z } from "zod";
import { shapeOf } from "../coerce/shape.js";
import { AnswerReader } from "./answer-reader.js";
import { chunksOf, Ticket } from "./model-text.fixture.js";
import { Places } from "./place.js";

/** Steps that the incremental reading of a text takes, in chunks of one size. */
function stepsOf(text: string, size: number, schema: z.ZodType = Ticket): number {
  const reader = new AnswerReader(new Places(shapeOf(schema)), () => {});
  for (const chunk of chunksOf(text, [size])) reader.feed(chunk);
  return reader.steps;
}

const answer = JSON.stringify({
  title: 'a \\ title \u{1f600} with "quotes"',
  kind: "bug",
  steps: Array.from({ length: 200 }, (_, at) => ({ at, what: `step ${at}` })),
  labels: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`label ${at}`, "x".repeat(at)])),
});

describe("the work of a stream", () => {
  it.each([1, 20, 1000])("is a few steps a character in chunks of %i", (size) => {
    expect(stepsOf(answer, size)).toBeLessThan(3 * answer.length);
  });

  const units = [
    ...[
      "[",
      '{"a":',
      '"\\',
      "`",
      "<think>",
      '"',
      ",",
      "{a",
      "[x}",
      "{} ",
      "[1]{",
      "[/*",
      "{a:",
      '[" ',
      "{{}",
      "<",
      "*",
    ],
    ...[
      '{"title":"a" ',
      '{"title":"',
      '","',
      '" ',
      '", x" ',
      "[1] ",
      '{"title":"x"} ',
      "\\u00",
      '{"steps":[',
      "</think>",
    ],
  ];

  it.each(units)("grows as the text does: %s", (unit) => {
    for (const schema of [Ticket, z.unknown(), z.array(z.string())]) {
      for (const size of [1, 20, 1000]) {
        const length = 10_000;
        const text = unit.repeat(Math.ceil(length / unit.length));
        expect(stepsOf(text, size, schema)).toBeLessThan(3 * text.length + 100);
        const inside = `{"title":"x","note":"${text}`;
        expect(stepsOf(inside, size, schema)).toBeLessThan(3 * inside.length + 100);
        const after = `["x"]${text}`;
        expect(stepsOf(after, size, schema)).toBeLessThan(3 * after.length + 100);
      }
    }
  });
});
