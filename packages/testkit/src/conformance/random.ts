import type { Random } from "@armature/contracts";
import { expect } from "vitest";
import { describePromises, type Make, type Promises } from "./suite.js";

const DRAWS = 20_000;

/** The tests that every source of chance passes. */
export function describeRandom(make: Make<Random>): void {
  describePromises("Random", randomPromises, make);
}

export const randomPromises: Promises<Random> = {
  "stays in [0, 1)": async (make) => {
    for (const value of draw(await make())) {
      expect(value >= 0 && value < 1, String(value)).toBe(true);
    }
  },

  "is uniform": async (make) => {
    const counts = new Array<number>(10).fill(0);
    for (const value of draw(await make())) counts[Math.floor(value * 10)] = (counts[Math.floor(value * 10)] ?? 0) + 1;
    // Chi-square over ten bins; 40 is passed by chance less than once in 100,000 times (9 degrees of freedom).
    const expected = DRAWS / 10;
    expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(40);
  },

  "does not follow from the draw before": async (make) => {
    const values = draw(await make());
    const pairs = values.slice(1).map((value, index) => (value - 0.5) * ((values[index] ?? 0) - 0.5));
    // Correlation of neighbours; its standard deviation is 1 / sqrt(draws), about 0.007.
    expect(Math.abs(pairs.reduce((sum, product) => sum + product, 0) / pairs.length) * 12).toBeLessThan(0.05);
  },
};

function draw(random: Random): number[] {
  return Array.from({ length: DRAWS }, () => random.next());
}
