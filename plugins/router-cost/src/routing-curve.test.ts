import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apgr, callsFor, gapRecovered } from "./routing-curve.js";

const pair = (score: number, weak: number, strong: number) => ({ score, weak, strong });

describe("the routing curve", () => {
  it("is one half where all scores are equal, and goes straight", () => {
    const pairs = [pair(1, 0, 1), pair(1, 1, 1), pair(1, 0, 1), pair(1, 1, 0)];
    expect(gapRecovered(pairs)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(apgr(pairs)).toBe(0.5);
    expect(callsFor(pairs, 0.5)).toBe(0.5);
  });

  it("rewards the order that calls where it helps", () => {
    const pairs = [pair(4, 0, 1), pair(3, 0, 1), pair(2, 1, 1), pair(1, 1, 1)];
    // Trapezoids of 0, 0.5, 1, 1, 1 over four equal steps.
    expect(apgr(pairs)).toBe(0.75);
    expect(callsFor(pairs, 0.5)).toBe(0.25);
    expect(callsFor(pairs, 0.8)).toBe(0.5);
  });

  it("ends also where a score is no number", () => {
    expect(gapRecovered([pair(Number.NaN, 0, 1), pair(Number.NaN, 1, 1)])).toHaveLength(3);
  });

  it("mirrors when the order is reversed", () => {
    const pairs = fc.array(
      fc.record({
        score: fc.double({ noNaN: true, noDefaultInfinity: true }),
        weak: fc.constant(0),
        strong: fc.nat(1),
      }),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(pairs, (list) => {
        fc.pre(list.some(({ strong }) => strong > 0));
        const reversed = list.map((one) => ({ ...one, score: -one.score }));
        expect(apgr(list) + apgr(reversed)).toBeCloseTo(1, 9);
      }),
    );
  });
});
