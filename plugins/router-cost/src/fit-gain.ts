import { hashNgrams } from "./ngrams.js";
import { type SparseRow, solveRidge } from "./ridge.js";
import type { RouteExample } from "./route-example.js";
import { type RouteModel, SAMPLE_CHARACTERS } from "./route-model.js";
import { readSigns } from "./signs.js";

export interface FitOptions {
  /** How strongly weights are held back; 40 by default. */
  readonly penalty?: number;
  /** Columns that words are hashed to; 131,072 by default. Fewer take more words for one another. */
  readonly buckets?: number;
}

// What a sign at one standard deviation weighs against all the words of a text, whose row has a length of about two.
const SIGN_SCALE = 0.5;
// A column that fewer texts have says more about them than about others.
const LEAST_TEXTS = 3;
// Weights are kept as integers of at most this size, and left out where they are next to nothing.
const LARGEST_WEIGHT = 99;
const LEAST_WEIGHT = 2;

/** The weights of a model: ridge regression of `strong - weak` on the signs and the hashed words of each text. */
export function fitGain(
  examples: readonly RouteExample[],
  { penalty = 40, buckets = 131_072 }: FitOptions,
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
  const width = buckets + names.length;
  const { intercept, weights } = solveRidge({ rows, targets: gains, width, penalty });

  const words = rarity.map((factor, bucket) => factor * weights[bucket]!);
  const unit =
    Math.max(
      1e-12,
      words.reduce((most, word) => Math.max(most, Math.abs(word)), 0),
    ) / LARGEST_WEIGHT;
  const said = Array.from(words, (word, column) => [column, Math.round(word / unit)] as const).filter(
    ([, weight]) => Math.abs(weight) >= LEAST_WEIGHT,
  );
  return {
    intercept: precise(intercept),
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
      gaps: said.map(([column], index) => column - (said[index - 1]?.[0] ?? 0)),
      weights: said.map(([, weight]) => weight),
    },
  };
}

/** How much a column says by being there: the root of the logarithm of how seldom it is; 0 where it is too seldom. */
function rarityOf(rows: readonly SparseRow[], buckets: number): Float64Array {
  const seen = new Float64Array(buckets);
  for (const { columns } of rows) for (let index = 0; index < columns.length; index++) seen[columns[index]!]!++;
  return seen.map((count) => (count < LEAST_TEXTS ? 0 : Math.sqrt(Math.log((1 + rows.length) / (1 + count)))));
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
