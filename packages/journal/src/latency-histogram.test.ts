import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketMs, latencyBucket, percentileMs } from "./latency-histogram.js";

test("a bucket's middle is within one per cent of a millisecond and its duration", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
      expect(Math.abs(bucketMs(latencyBucket(ms)) - ms)).toBeLessThanOrEqual(0.01 * (ms + 1));
    }),
  );
});

test("percentiles agree with the nearest rank of the sorted durations", () => {
  const durations = fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95), (all, p) => {
      const counts = new Map<number, number>();
      for (const ms of all) counts.set(latencyBucket(ms), (counts.get(latencyBucket(ms)) ?? 0) + 1);
      const exact = [...all].sort((a, b) => a - b)[Math.ceil(p * all.length) - 1]!;
      expect(Math.abs(percentileMs(counts, p)! - exact)).toBeLessThanOrEqual(0.01 * (exact + 1));
    }),
  );
});

test("nothing has no percentile", () => {
  expect(percentileMs(new Map(), 0.5)).toBeUndefined();
});
