import { hashNgrams } from "./ngrams.js";
import { type SparseRow, solveRidge } from "./ridge.js";
import type { RouteExample } from "./route-example.js";
import { type RouteModel, SAMPLE_CHARACTERS } from "./route-model.js";
import { readSigns } from "./signs.js";

export interface FitOptions {
  /** How strongly weights are held back; 12 by default. */
  readonly penalty?: number;
  /** Columns that words are hashed to; 131,072 by default. Fewer take more words for one another. */
  readonly buckets?: number;
}

// A sign at one standard deviation weighs as much as a word that is the third part of a text of ten.
const SIGN_SCALE = 0.3;
// Examples of a group's mean that are mixed with the mean of all, so that a small group says little.
const GROUP_PRIOR = 20;
const GROUP_PENALTY_SHARE = 1 / 6;
// Weights are kept as integers of at most this size.
const LARGEST_WEIGHT = 99;

/**
 * The weights of a model. Where groups are known, it learns the groups' means (little noise, so weights are hardly held
 * back) and what is left of each gain (much noise) one after the other; both are linear in the text, so their sum is.
 */
export function fitGain(
  examples: readonly RouteExample[],
  { penalty = 12, buckets = 131_072 }: FitOptions,
): Pick<RouteModel, "intercept" | "signs" | "words"> {
  const texts = examples.map(({ text }) => text.slice(0, SAMPLE_CHARACTERS));
  const signs = texts.map(readSigns);
  const names = signs[0]?.map(([name]) => name) ?? [];
  const spreads = names.map((_, column) => spreadOf(signs.map((sign) => sign[column]?.[1] ?? 0)));
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
    return all;
  });

  const gains = examples.map(({ weak, strong }) => strong - weak);
  const means = groupMeans(examples, gains);
  const width = buckets + names.length;
  const shared = solveRidge({ rows, targets: means, width, penalty: penalty * GROUP_PENALTY_SHARE });
  const own = solveRidge({ rows, targets: gains.map((gain, row) => gain - means[row]!), width, penalty });
  const weights = shared.weights.map((weight, column) => weight + own.weights[column]!);

  const words = rarity.map((factor, bucket) => factor * weights[bucket]!);
  const unit =
    Math.max(
      1e-12,
      words.reduce((most, word) => Math.max(most, Math.abs(word)), 0),
    ) / LARGEST_WEIGHT;
  const said = Array.from(words, (word, column) => [column, Math.round(word / unit)] as const).filter(
    ([, weight]) => weight !== 0,
  );
  return {
    intercept: precise(shared.intercept + own.intercept),
    signs: Object.fromEntries(
      names.map((name, column) => {
        const { mean, deviation } = spreads[column]!;
        const weight = (SIGN_SCALE * weights[buckets + column]!) / deviation;
        return [name, { mean: precise(mean), weight: precise(weight) }];
      }),
    ),
    words: {
      buckets,
      unit: precise(unit),
      columns: said.map(([column]) => column),
      weights: said.map(([, weight]) => weight),
    },
  };
}

/** Each example's gain as its group has it on average; the mean of all where there is no group. */
function groupMeans(examples: readonly RouteExample[], gains: readonly number[]): number[] {
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length);
  const groups = new Map<string, { sum: number; count: number }>();
  examples.forEach(({ group }, row) => {
    if (group === undefined) return;
    const { sum, count } = groups.get(group) ?? { sum: 0, count: 0 };
    groups.set(group, { sum: sum + gains[row]!, count: count + 1 });
  });
  return examples.map(({ group }) => {
    const found = group === undefined ? undefined : groups.get(group);
    return found ? (found.sum + GROUP_PRIOR * mean) / (found.count + GROUP_PRIOR) : mean;
  });
}

/** How much a column says by being there: the root of the logarithm of how seldom it is; 0 where it is once or never. */
function rarityOf(rows: readonly SparseRow[], buckets: number): Float64Array {
  const seen = new Float64Array(buckets);
  for (const { columns } of rows) for (let index = 0; index < columns.length; index++) seen[columns[index]!]!++;
  return seen.map((count) => (count < 2 ? 0 : Math.sqrt(Math.log((1 + rows.length) / (1 + count)))));
}

function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  // A sign that never changes says nothing; what is left of its spread is rounding.
  return { mean, deviation: square < 1e-9 ? Number.POSITIVE_INFINITY : Math.sqrt(square) };
}

/** Six digits: what a file needs, and no more. */
function precise(value: number): number {
  return Number(value.toPrecision(6));
}
