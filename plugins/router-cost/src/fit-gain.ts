import { hashNgrams } from "./ngrams.js";
import { forEachPair, type PairWeights, type Spread } from "./pairs.js";
import { type SparseRow, solveRidge } from "./ridge.js";
import type { RouteExample } from "./route-example.js";
import { MOST_BUCKETS, type RouteModel, SAMPLE_CHARACTERS } from "./route-model.js";
import { readSigns, type Signs } from "./signs.js";

export interface FitOptions {
  /** How strongly weights are held back; 20 by default. */
  readonly penalty?: number;
  /** Columns that grams are hashed to; 131,072 by default. Fewer take more grams for one another. */
  readonly buckets?: number;
}

const PENALTY = 20;
const BUCKETS = 131_072;
// What a sign at one standard deviation weighs against all the grams of a text, whose row has a length of about two.
const SIGN_SCALE = 0.5;
// The same for the product of two signs, of which there are hundreds.
const PAIR_SCALE = 0.07;
// A column that fewer texts have says more about them than about others.
const LEAST_TEXTS = 3;
// How much of a target is the mean gain of its group, and how many examples of the mean of all that mean begins with.
const GROUP_SHARE = 0.4;
const GROUP_PRIOR = 10;
// Weights are kept as integers of at most this size, and left out where they are next to nothing.
const LARGEST_WEIGHT = 99;
const LEAST_WEIGHT = 2;

/** Why nothing can be learned with these. */
export function problemsOfFit({ penalty = PENALTY, buckets = BUCKETS }: FitOptions): string[] {
  const problems: string[] = [];
  if (!Number.isFinite(penalty) || penalty < 0) problems.push(`penalty must be 0 or more, and is ${penalty}`);
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > MOST_BUCKETS) {
    problems.push(`buckets must be a whole number from 1 to ${MOST_BUCKETS}, and is ${buckets}`);
  }
  return problems;
}

/**
 * The weights of a model: ridge regression of the {@link steadyGains} on the signs of each text, on every two of them
 * together, and on its hashed grams.
 */
export function fitGain(
  examples: readonly RouteExample[],
  { penalty = PENALTY, buckets = BUCKETS }: FitOptions,
): Pick<RouteModel, "intercept" | "signs" | "pairs" | "grams"> {
  const texts = examples.map(({ text }) => text.slice(0, SAMPLE_CHARACTERS));
  const signs = texts.map(readSigns);
  const names = signs[0]?.map(([name]) => name) ?? [];
  const spreads = names.map((_, column) => spreadOf(signs.map((sign) => sign[column]?.[1] ?? 0)));
  const byName = Object.fromEntries(names.map((name, column) => [name, spreads[column]!]));
  const pairs = signs.map((sign) => {
    const products: number[] = [];
    forEachPair(sign, byName, (_one, _other, product) => products.push(product));
    return products;
  });
  const pairMeans = (pairs[0] ?? []).map(
    (_, column) => pairs.reduce((sum, products) => sum + products[column]!, 0) / pairs.length,
  );
  const hashed = texts.map((text) => hashNgrams(text, buckets));
  const rarity = rarityOf(hashed, buckets);
  const rows = hashed.map(({ columns, values }, row): SparseRow => {
    const all: { columns: number[]; values: number[] } = { columns: [], values: [] };
    for (let index = 0; index < columns.length; index++) {
      const factor = rarity[columns[index]!]!;
      if (factor === 0) continue;
      all.columns.push(columns[index]!);
      all.values.push(factor * values[index]!);
    }
    spreads.forEach(({ mean, deviation }, column) => {
      all.columns.push(buckets + column);
      all.values.push((SIGN_SCALE * ((signs[row]![column]?.[1] ?? 0) - mean)) / deviation);
    });
    pairMeans.forEach((mean, column) => {
      all.columns.push(buckets + names.length + column);
      all.values.push(PAIR_SCALE * (pairs[row]![column]! - mean));
    });
    return all;
  });

  const width = buckets + names.length + pairMeans.length;
  const { intercept, weights } = solveRidge({ rows, targets: steadyGains(examples), width, penalty });

  const weighed = rarity.map((factor, bucket) => factor * weights[bucket]!);
  const unit =
    Math.max(
      1e-12,
      weighed.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0),
    ) / LARGEST_WEIGHT;
  const said = Array.from(weighed, (weight, column) => [column, Math.round(weight / unit)] as const).filter(
    ([, weight]) => Math.abs(weight) >= LEAST_WEIGHT,
  );
  const pairWeights = Array.from(weights.subarray(buckets + names.length), (weight) => PAIR_SCALE * weight);
  const atMeans = pairMeans.reduce((sum, mean, column) => sum + mean * pairWeights[column]!, 0);
  return {
    intercept: precise(intercept - atMeans),
    signs: Object.fromEntries(
      names.map((name, column) => {
        const { mean, deviation } = spreads[column]!;
        const weight = (SIGN_SCALE * weights[buckets + column]!) / deviation;
        return [name, { mean: precise(mean), deviation: precise(deviation), weight: precise(weight) }];
      }),
    ),
    pairs: namePairs(signs[0] ?? [], byName, pairWeights),
    grams: {
      buckets,
      unit: precise(unit),
      gaps: said.map(([column], index) => column - (said[index - 1]?.[0] ?? 0)),
      weights: said.map(([, weight]) => weight),
    },
  };
}

function namePairs(signs: Signs, spreads: Readonly<Record<string, Spread>>, weights: readonly number[]): PairWeights {
  const named: Record<string, Record<string, number>> = {};
  let column = 0;
  forEachPair(signs, spreads, (one, other) => {
    const others = named[one] ?? {};
    others[other] = Number(weights[column++]!.toPrecision(3));
    named[one] = others;
  });
  return named;
}

/**
 * `strong - weak` of each example, drawn towards the mean of its group, which says more about the next request of that kind
 * than one example of it does. A small group's mean is itself drawn towards the mean of all.
 */
function steadyGains(examples: readonly RouteExample[]): number[] {
  const gains = examples.map(({ weak, strong }) => strong - weak);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length);
  const groups = new Map<string | undefined, { sum: number; count: number }>();
  for (const [index, { group }] of examples.entries()) {
    const { sum, count } = groups.get(group) ?? { sum: GROUP_PRIOR * mean, count: GROUP_PRIOR };
    groups.set(group, { sum: sum + gains[index]!, count: count + 1 });
  }
  return examples.map(({ group }, index) => {
    const { sum, count } = groups.get(group)!;
    return (1 - GROUP_SHARE) * gains[index]! + (GROUP_SHARE * sum) / count;
  });
}

/** How much a column says by being there: the root of the logarithm of how seldom it is; 0 where it is too seldom. */
function rarityOf(rows: readonly SparseRow[], buckets: number): Float64Array {
  const seen = new Float64Array(buckets);
  for (const { columns } of rows) for (let index = 0; index < columns.length; index++) seen[columns[index]!]!++;
  return seen.map((count) => (count < LEAST_TEXTS ? 0 : Math.sqrt(Math.log((1 + rows.length) / (1 + count)))));
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  // A sign that never changes says nothing; what is left of its spread is rounding, not to be blown up.
  return { mean, deviation: square < 1e-9 ? 1 : Math.sqrt(square) };
}

/** Six digits: what a file needs, and no more. */
function precise(value: number): number {
  return Number(value.toPrecision(6));
}
