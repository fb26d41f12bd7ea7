import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines, shortenDiff } from "./line-diff.js";

describe("diffLines", () => {
  it("holds both texts, and marks as few lines as it can", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const side = (mark: string) =>
          lines.filter((line) => line[0] === " " || line[0] === mark).map((line) => line.slice(2));
        expect(side("-")).toEqual(before);
        expect(side("+")).toEqual(after);
        if (isDeepStrictEqual(before, after)) expect(lines.every((line) => line.startsWith("  "))).toBe(true);
      }),
    );
    expect(diffLines(["a", "b", "c"], ["a", "x", "c"])).toEqual(["  a", "- b", "+ x", "  c"]);
  });

  it("is shortened to what differs", () => {
    const lines = ["  1", "  2", "  3", "- 4", "  5", "  6", "  7", "  8"];
    expect(shortenDiff(lines)).toEqual(["...", "  2", "  3", "- 4", "  5", "  6", "..."]);
  });
});
