import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunk } from "./chunk.js";

const pieces = (text: string, maxChars: number) =>
  chunk(text, maxChars).map(({ start, end }) => text.slice(start, end));

describe("chunk", () => {
  it("keeps a short text whole, without the blanks around it", () => {
    expect(chunk("  Hello.\n", 100)).toEqual([{ start: 2, end: 8 }]);
    expect(chunk(" \n ", 100)).toEqual([]);
  });

  it("cuts at a paragraph, else a sentence, else a line, else a word", () => {
    expect(pieces("One two. Three.\n\nFour five six. Seven.", 20)).toEqual([
      "One two. Three.",
      "Four five six.",
      "Seven.",
    ]);
    expect(pieces("One two three. Four five six", 20)).toEqual(["One two three.", "Four five six"]);
    expect(pieces("one two three\nfour five six", 20)).toEqual(["one two three", "four five six"]);
    expect(pieces("one two three four five six", 20)).toEqual(["one two three four", "five six"]);
  });

  it("cuts an endless word, but no surrogate pair", () => {
    expect(pieces("a".repeat(25), 10).map((piece) => piece.length)).toEqual([10, 10, 5]);
    expect(pieces("🦊".repeat(5), 5)).toEqual(["🦊🦊", "🦊🦊", "🦊"]);
  });

  it("loses nothing but blanks and keeps the limit", () => {
    const unit = fc.constantFrom("a", "word", ". ", "! ", "\n", "\n\n", " ", "🦊", "é", "\t");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 120 }), fc.integer({ min: 2, max: 40 }), (units, maxChars) => {
        const text = units.join("");
        let reached = 0;
        for (const { start, end } of chunk(text, maxChars)) {
          expect(text.slice(reached, start)).toMatch(/^\s*$/);
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(maxChars);
          expect(() => encodeURIComponent(text.slice(start, end))).not.toThrow();
          reached = end;
        }
        expect(text.slice(reached)).toMatch(/^\s*$/);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("takes linear time on blanks and on text without bounds", () => {
    for (const text of [" ".repeat(1_000_000), "x".repeat(1_000_000), "\n \n".repeat(300_000)]) {
      const started = performance.now();
      chunk(text, 1200);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
