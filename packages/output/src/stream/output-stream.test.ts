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

  it("announces a replacement, and leaves drafts out", () => {
    const stream = streamOutput(schema);
    expect(stream.push('<think>{"title":"draft"}</think>{"title":"one"}')).toEqual([]);
    expect(stream.partial().value).toEqual({ title: "one" });
    expect(stream.push(' No: {"title":"two"')).toEqual([
      { type: "restart", reason: "another value follows the one that was shown" },
    ]);
    expect(stream.partial().value).toEqual({ title: "two" });
    expect(stream.restart("attempt 2")).toEqual({ type: "restart", reason: "attempt 2" });
    expect(stream.partial().value).toBeUndefined();
  });

  it("stays with a value that fits, for a second one never takes its place", () => {
    const stream = streamOutput(z.object({ a: z.int() }));
    stream.push('{"a":1} or {"a":2}');
    expect(stream.partial()).toEqual({ value: { a: 1 }, growing: [] });
    expect(stream.end()).toMatchObject({
      status: "refused",
      restart: { type: "restart", reason: "OUTPUT_INVALID: several different values of this answer fit the schema" },
    });
  });

  it("gives prose as it comes", () => {
    const stream = streamOutput(text());
    stream.push('{"a"');
    stream.push(": 1}");
    expect(stream.partial().value).toBe('{"a": 1}');
    expect(stream.end()).toMatchObject({ value: '{"a": 1}' });
  });
});
