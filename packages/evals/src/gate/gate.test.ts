import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialAt, binomialAtMost } from "./binomial.js";
import { pairedBootstrap, seeded } from "./bootstrap.js";
import { minimumDetectableDrop } from "./detectable.js";
import { driftPValue, mcNemarPValue } from "./drift.js";
import { normalBelow, normalQuantile } from "./normal.js";
import { expectedTrials, flagProbability, isBroken, isProtected, suiteFalseAlarm, trialsToAdd } from "./two-stage.js";
import { wilsonInterval } from "./wilson.js";

describe("the binomial law", () => {
  it("sums to one and knows its tails", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        const all = Array.from({ length: n + 1 }, (_, k) => binomialAt(k, n, p)).reduce((sum, q) => sum + q, 0);
        expect(all).toBeCloseTo(1, 9);
        expect(binomialAtMost(n, n, p)).toBeCloseTo(1, 9);
      }),
    );
    expect(binomialAtMost(3, 7, 0.5)).toBeCloseTo(0.5, 12);
  });
});

describe("the two-stage test of a case", () => {
  it("protects, runs again and flags at exactly its bounds", () => {
    expect([isProtected(8, 8), isProtected(7, 8), isProtected(3, 3), isProtected(12, 12)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([trialsToAdd(1, 1), trialsToAdd(0, 1), trialsToAdd(0, 8)]).toEqual([0, 7, 0]);
    expect([isBroken(3, 8), isBroken(4, 8), isBroken(0, 1)]).toEqual([true, false, false]);
  });

  it("has the probabilities of its own enumeration", () => {
    // Every sequence of eight trials before and eight now, weighed one by one.
    const enumerate = (before: number, now: number) => {
      let flagged = 0;
      let trials = 0;
      for (let pattern = 0; pattern < 256; pattern++) {
        const bits = Array.from({ length: 8 }, (_, i) => (pattern >> i) & 1);
        const weight = bits.reduce<number>((product, bit) => product * (bit ? now : 1 - now), 1);
        const rerun = trialsToAdd(bits[0]!, 1);
        trials += weight * (1 + before ** 8 * rerun);
        const passes = bits.reduce((sum, bit) => sum + bit, 0);
        if (rerun > 0 && isBroken(passes, 8)) flagged += weight * before ** 8;
      }
      return { flagged, trials };
    };
    for (const [before, now] of [
      [0.98, 0.98],
      [0.98, 0],
      [0.5, 0.5],
      [1, 0.3],
    ] as const) {
      expect(flagProbability(before, now)).toBeCloseTo(enumerate(before, now).flagged, 12);
      expect(expectedTrials(before, now)).toBeCloseTo(enumerate(before, now).trials, 12);
    }
  });

  it("stays quiet on a hundred cases that nobody touched", () => {
    const cases = [...Array<number>(80).fill(0.98), ...Array<number>(20).fill(0.5)];
    expect(suiteFalseAlarm(cases)).toBeLessThan(0.02);
    expect(flagProbability(0.98, 0)).toBeGreaterThan(0.85);
  });
});

describe("the drift test", () => {
  const pair = (before: number, now: number, trials = 1) => ({
    before: { passes: before, trials },
    now: { passes: now, trials: 1 },
  });

  it("is McNemar's exact test where every case has one trial before and one now", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { maxLength: 40 }), (flips) => {
        const broken = flips.filter(([before, now]) => before > now).length;
        const mended = flips.filter(([before, now]) => before < now).length;
        expect(driftPValue(flips.map(([before, now]) => pair(before, now)))).toBeCloseTo(
          mcNemarPValue(broken, mended),
          9,
        );
      }),
    );
    expect(mcNemarPValue(10, 2)).toBeCloseTo(79 / 4096, 12);
  });

  it("alarms no more often than its level says, by exact enumeration", () => {
    // Three cases, three trials before, one now: all 4,096 outcomes.
    const rates = [0.9, 0.5, 0.7];
    for (const alpha of [0.02, 0.1, 0.3]) {
      let size = 0;
      for (let pattern = 0; pattern < 4096; pattern++) {
        const bit = (index: number) => (pattern >> index) & 1;
        let weight = 1;
        const pairs = rates.map((p, one) => {
          const bits = [0, 1, 2, 3].map((trial) => bit(one * 4 + trial));
          for (const passed of bits) weight *= passed ? p : 1 - p;
          return pair(bits[0]! + bits[1]! + bits[2]!, bits[3]!, 3);
        });
        if (driftPValue(pairs) < alpha) size += weight;
      }
      expect(size).toBeLessThanOrEqual(alpha);
      expect(size).toBeGreaterThan(0);
    }
  });

  it("sees that many cases got worse, and that one did not matter", () => {
    const stable = Array.from({ length: 50 }, () => pair(8, 1, 8));
    expect(driftPValue([...stable, ...Array.from({ length: 5 }, () => pair(8, 0, 8))])).toBeLessThan(0.001);
    expect(driftPValue([...stable, pair(8, 0, 8)])).toBeGreaterThan(0.05);
    expect(driftPValue([])).toBe(1);
  });
});

describe("intervals", () => {
  it("are Wilson's", () => {
    // The worked values follow from the formula at z = 1.959964.
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(10, 10).high).toBe(1);
  });

  it("cover the truth as often as they say, on average over rates", () => {
    let covered = 0;
    for (let step = 1; step < 100; step++) {
      const p = step / 100;
      for (let k = 0; k <= 50; k++) {
        const { low, high } = wilsonInterval(k, 50);
        if (low <= p && p <= high) covered += binomialAt(k, 50, p) / 99;
      }
    }
    expect(covered).toBeGreaterThan(0.945);
    expect(covered).toBeLessThan(0.965);
  });

  it("by bootstrap hold the mean, are repeatable, and shrink with what varies less", () => {
    const differences = [0.1, -0.2, 0, 0.3, 0.1, 0, -0.1, 0.2];
    const once = pairedBootstrap(differences);
    expect(once).toEqual(pairedBootstrap(differences));
    expect(once.difference).toBeCloseTo(0.05, 12);
    expect(once.low).toBeLessThan(0.05);
    expect(once.high).toBeGreaterThan(0.05);
    expect(pairedBootstrap([0.1, 0.1, 0.1])).toMatchObject({
      low: expect.closeTo(0.1, 9),
      high: expect.closeTo(0.1, 9),
    });
  });

  it("by bootstrap cover a true difference about as often as they say", () => {
    const random = seeded(5);
    let covered = 0;
    for (let round = 0; round < 300; round++) {
      const sample = Array.from({ length: 60 }, () => (random.next() < 0.3 ? 1 : 0));
      const { low, high } = pairedBootstrap(sample, { random, samples: 500 });
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.9);
  });
});

describe("the normal law", () => {
  it("has its textbook values and inverts", () => {
    expect(normalBelow(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 9);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => {
        expect(normalBelow(normalQuantile(p))).toBeCloseTo(p, 9);
      }),
    );
  });
});

describe("the minimum detectable drop", () => {
  it("is found about four times out of five by the drift test", () => {
    const random = seeded(11);
    const [cases, p, alpha] = [200, 0.7, 0.05];
    const draw = (rate: number, times: number) =>
      Array.from({ length: times }, () => random.next() < rate).filter(Boolean).length;
    let found = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const baseline = Array.from({ length: cases }, () => ({ passes: draw(p, 8), trials: 8 }));
      const drop = minimumDetectableDrop(baseline, { alpha });
      const pairs = baseline.map((before) => ({ before, now: { passes: draw(p - drop, 1), trials: 1 } }));
      if (driftPValue(pairs) < alpha) found++;
    }
    expect(found / rounds).toBeGreaterThan(0.7);
    expect(found / rounds).toBeLessThan(0.9);
  });

  it("shrinks with more cases, and never claims to see less than a few broken ones", () => {
    const drop = (n: number, passes: number) =>
      minimumDetectableDrop(
        Array.from({ length: n }, () => ({ passes, trials: 8 })),
        { alpha: 0.005 },
      );
    expect(drop(400, 4)).toBeLessThan(drop(100, 4));
    expect(drop(100, 8)).toBeCloseTo(0.03, 12);
    expect(minimumDetectableDrop([], { alpha: 0.05 })).toBe(1);
  });
});
