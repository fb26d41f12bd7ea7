import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { text } from "../text.js";
import { streamOutput } from "./output-stream.js";

const schema = z.object({
  title: z.string(),
  kind: z.enum(["bug", "billing"]),
  score: z.number(),
  tags: z.array(z.string()),
});

describe("streamOutput", () => {
  it("shows texts as they grow, and numbers and enums when they are complete", () => {
    const stream = streamOutput(schema);
    stream.push('Here: {"title":"Hel');
    expect(stream.partial()).toEqual({ value: { title: "Hel" }, growing: [[], ["title"]] });
    stream.push('lo","kind":"b');
    expect(stream.partial()).toEqual({ value: { title: "Hello" }, growing: [[]] });
    stream.push('ug","score":4');
    expect(stream.partial().value).toEqual({ title: "Hello", kind: "bug" });
    stream.push('2,"tags":["a","b');
    expect(stream.partial()).toEqual({
      value: { title: "Hello", kind: "bug", score: 42, tags: ["a", "b"] },
      growing: [[], ["tags"], ["tags", 1]],
    });
    stream.push('c"]}');
    expect(stream.partial().growing).toEqual([]);
    expect(stream.end()).toMatchObject({ status: "value", value: { tags: ["a", "bc"] } });
  });

  it("ends at the whole parse however the text is cut", () => {
    const value = fc.record({
      title: fc.string(),
      kind: fc.constantFrom("bug", "billing"),
      score: fc.integer(),
      tags: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 9 }), (one, size) => {
        const whole = JSON.stringify(one);
        const stream = streamOutput(schema);
        let before: unknown;
        for (let at = 0; at < whole.length; at += size) {
          expect(stream.push(whole.slice(at, at + size))).toEqual([]);
          const { value: now } = stream.partial();
          expect(grown(before, now)).toBe(true);
          before = now;
        }
        expect(before).toEqual(one);
        expect(stream.end()).toMatchObject({ status: "value", value: one });
      }),
    );
  });

  it("announces a replacement, and leaves drafts out", () => {
    const stream = streamOutput(schema);
    expect(stream.push('<think>{"title":"draft"}</think>{"title":"one"}')).toEqual([]);
    expect(stream.push(' No: {"title":"two"}')).toEqual([
      { type: "restart", reason: "another JSON value follows the first" },
    ]);
    expect(stream.partial().value).toEqual({ title: "two" });
    expect(stream.restart("attempt 2")).toEqual({ type: "restart", reason: "attempt 2" });
    expect(stream.partial().value).toBeUndefined();
  });

  it("gives prose as it comes", () => {
    const stream = streamOutput(text());
    stream.push('{"a"');
    stream.push(": 1}");
    expect(stream.partial().value).toBe('{"a": 1}');
    expect(stream.end()).toMatchObject({ value: '{"a": 1}' });
  });
});

/** Whether nothing that was shown has gone or changed, texts growing at their end only. */
function grown(before: unknown, now: unknown): boolean {
  if (before === undefined) return true;
  if (typeof before === "string") return typeof now === "string" && now.startsWith(before);
  if (typeof before !== "object" || before === null) return before === now;
  return Object.entries(before).every(([key, value]) =>
    grown(value, (now as Record<string, unknown> | undefined)?.[key]),
  );
}
