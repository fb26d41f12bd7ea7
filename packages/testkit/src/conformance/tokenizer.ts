import type { Tokenizer } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { describePromises, type Make, type Promises } from "./suite.js";

/** The tests that every tokenizer passes. */
export function describeTokenizer(make: Make<Tokenizer>): void {
  describePromises("Tokenizer", tokenizerPromises, make);
}

export const tokenizerPromises: Promises<Tokenizer> = {
  "counts whole tokens, none for nothing": async (make) => {
    const tokenizer = await make();
    expect(tokenizer.count("")).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (text) => {
        const count = tokenizer.count(text);
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeGreaterThan(0);
        // No vocabulary splits below bytes.
        expect(count).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  },

  "counts alike again, also for a model it has never heard of": async (make) => {
    const tokenizer = await make();
    const text = "The quick red fox jumps over a sleeping dog.";
    expect(tokenizer.count(text)).toBe(tokenizer.count(text));
    expect(tokenizer.count(text, "nobody/unheard-of-1")).toBeGreaterThanOrEqual(5);
    expect(tokenizer.count(text, "nobody/unheard-of-1")).toBeLessThanOrEqual(45);
  },

  "grows with the text, and never far beyond the sum of its parts": async (make) => {
    const tokenizer = await make();
    const text = fc.string({ maxLength: 200 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [whole, parts] = [tokenizer.count(a + b), tokenizer.count(a) + tokenizer.count(b)];
        expect(whole).toBeLessThanOrEqual(parts + 8);
      }),
    );
    expect(tokenizer.count("one two three ".repeat(100))).toBeGreaterThan(100);
  },

  "reads special tokens as plain text": async (make) => {
    expect((await make()).count("<|endoftext|> <|im_start|>system")).toBeGreaterThan(2);
  },

  "is linear, whatever the text": async (make) => {
    const tokenizer = await make();
    tokenizer.count("warm up ".repeat(1_000));
    for (const unit of ["a", "ab", " ", "=", "é", "🦊", "\n", "lorem ipsum "]) {
      const startedAt = performance.now();
      tokenizer.count(unit.repeat(Math.ceil(100_000 / unit.length)));
      expect(performance.now() - startedAt, `100,000 characters of ${JSON.stringify(unit)}`).toBeLessThan(2_000);
    }
  },
};
