import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrateThreshold, type LabelledPair, lowerBound } from "./calibrate-threshold.js";

const many = (count: number, similarity: number, same: boolean): LabelledPair[] =>
  Array.from({ length: count }, () => ({ similarity, same }));

test("takes the lowest threshold that keeps the precision", () => {
  const pairs = [...many(300, 0.95, true), ...many(200, 0.9, true), ...many(2, 0.9, false), ...many(50, 0.8, false)];
  expect(calibrateThreshold(pairs, { precision: 0.95 })).toMatchObject({
    threshold: 0.9,
    precision: 500 / 502,
    recall: 1,
    served: 502,
  });
  expect(calibrateThreshold(pairs, { precision: 0.99 })).toMatchObject({ threshold: 0.95, precision: 1, recall: 0.6 });
});

test("few pairs prove nothing, however right they are", () => {
  expect(calibrateThreshold(many(51, 0.9, true), { precision: 0.95 })).toBeUndefined();
  expect(calibrateThreshold(many(52, 0.9, true), { precision: 0.95 })?.threshold).toBe(0.9);
  expect(calibrateThreshold(many(267, 0.9, true), { precision: 0.99 })).toBeUndefined();
  expect(calibrateThreshold(many(268, 0.9, true), { precision: 0.99 })?.threshold).toBe(0.9);
  expect(calibrateThreshold([], { precision: 0.5 })).toBeUndefined();
});

test("the bound is Wilson's", () => {
  // n/(n + z²) where nothing was wrong; the interval's centre less its half width otherwise.
  expect(lowerBound(100, 100)).toBeCloseTo(100 / (100 + 1.6449 ** 2), 6);
  expect(lowerBound(90, 100)).toBeCloseTo(0.83964, 5);
  expect(lowerBound(0, 10)).toBe(0);
});

test("keeps what it promises on the pairs it was given, in whatever order they come", () => {
  const pair = fc.record({ similarity: fc.integer({ min: 0, max: 20 }).map((n) => n / 20), same: fc.boolean() });
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 200 }), fc.constantFrom(0.5, 0.8, 0.9), (pairs, precision) => {
      const found = calibrateThreshold(pairs, { precision });
      expect(calibrateThreshold([...pairs].reverse(), { precision })).toEqual(found);
      const meets = (threshold: number) => {
        const served = pairs.filter(({ similarity }) => similarity >= threshold);
        return served.length > 0 && lowerBound(served.filter(({ same }) => same).length, served.length) >= precision;
      };
      const lowest = pairs.map(({ similarity }) => similarity).filter(meets);
      expect(found?.threshold).toBe(lowest.length === 0 ? undefined : Math.min(...lowest));
    }),
  );
});
