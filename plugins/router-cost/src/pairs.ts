import { isPlain, type Signs } from "./signs.js";

/** Where a sign usually lies in what was trained on. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Weights by the names of two signs. */
export type PairWeights = Readonly<Record<string, Readonly<Record<string, number>>>>;

// In deviations: a sign far off would outweigh all others once it is multiplied, and most of all by itself.
const FARTHEST = 2;

/**
 * Visits every two signs of a text (each with itself among them), always in the same order, with the product of their
 * places: how many deviations from their means they lie. So what a sign means may depend on another.
 */
export function forEachPair(
  signs: Signs,
  spreads: Readonly<Record<string, Spread>>,
  visit: (one: string, other: string, product: number) => void,
): void {
  const places = signs.flatMap(([name, value]) => {
    const spread = spreads[name];
    if (!spread || !isPlain(name)) return [];
    const place = (value - spread.mean) / spread.deviation;
    return [{ name, place: Math.min(FARTHEST, Math.max(-FARTHEST, place)) }];
  });
  for (let first = 0; first < places.length; first++) {
    const one = places[first]!;
    for (let second = first; second < places.length; second++) {
      const other = places[second]!;
      visit(one.name, other.name, one.place * other.place);
    }
  }
}

/** What the pairs of a text add to its gain. */
export function weighPairs(signs: Signs, spreads: Readonly<Record<string, Spread>>, weights: PairWeights): number {
  let sum = 0;
  forEachPair(signs, spreads, (one, other, product) => {
    sum += product * (weights[one]?.[other] ?? 0);
  });
  return sum;
}
