import { nearness } from "./vectors.js";

/** Examples of one route as vectors of length 1. */
export interface RouteVectors {
  readonly name: string;
  readonly vectors: readonly (readonly number[])[];
}

export interface Threshold {
  /** The least nearness at which a text belongs to the route. */
  readonly threshold: number;
  /** Of the examples that the threshold takes, the share that are the route's own. */
  readonly precision: number;
  /** Of the route's own examples, the share that the threshold takes. */
  readonly recall: number;
}

/**
 * The threshold of each route that tells its own examples best from all others, by leaving each out in turn: the greatest
 * F1 score, in the middle of the gap that it falls into. `others` are examples of what belongs nowhere.
 */
export function calibrateThresholds(
  routes: readonly RouteVectors[],
  others: readonly (readonly number[])[],
): Map<string, Threshold> {
  return new Map(
    routes.map(({ name, vectors }) => {
      const own = vectors.map((vector) => {
        const rest = vectors.filter((other) => other !== vector);
        return nearness(vector, rest);
      });
      const foreign = routes
        .filter((route) => route.name !== name)
        .flatMap((route) => route.vectors)
        .concat(others)
        .map((vector) => nearness(vector, vectors));
      return [name, bestThreshold(own, foreign)];
    }),
  );
}

function bestThreshold(own: readonly number[], foreign: readonly number[]): Threshold {
  const all = [...own, ...foreign].sort((a, b) => a - b);
  let best: (Threshold & { readonly f1: number }) | undefined;
  for (const value of [...own].sort((a, b) => b - a)) {
    const taken = own.filter((one) => one >= value).length;
    const precision = taken / (taken + foreign.filter((one) => one >= value).length);
    const recall = taken / own.length;
    const f1 = (2 * precision * recall) / (precision + recall);
    if (best && f1 <= best.f1) continue;
    const below = all.filter((one) => one < value).at(-1);
    best = { threshold: below === undefined ? value : (below + value) / 2, precision, recall, f1 };
  }
  const { threshold = 1, precision = 0, recall = 0 } = best ?? {};
  return { threshold, precision, recall };
}
