import { readFileSync } from "node:fs";
import { ArmatureError } from "@armature/contracts";
import { z } from "zod";
import { hashNgrams } from "./ngrams.js";
import { weighPairs } from "./pairs.js";
import { predict } from "./ridge.js";
import { readSigns } from "./signs.js";

/** A table of them has 8 bytes each in memory. */
export const MOST_BUCKETS = 16_777_216;

/** One point of the validation curve: what a confidence does to requests that the model was not trained on. */
const CurvePoint = z.strictObject({
  confidence: z.number().min(0).max(1),
  /** Share of requests that go to the strong model. */
  strongShare: z.number().min(0).max(1),
  /** Mean quality of the answers, as a share of the strong model's own. */
  quality: z.number(),
  /** Share of the strong model's cost that is saved. */
  saving: z.number(),
});

/** What `trainRouter` learns, as JSON: weights and figures, no text of any example. */
export const RouteModel = z.strictObject({
  version: z.literal(2),
  examples: z.int().positive(),
  /** Expected gain of the strong model over the weak one: `intercept` + signs + pairs + grams. */
  intercept: z.number(),
  /** Of each sign: (value - mean) * weight. */
  signs: z.record(
    z.string(),
    z.strictObject({ mean: z.number(), deviation: z.number().positive(), weight: z.number() }),
  ),
  /** Of every two signs: the product of their deviations from the mean, neither more than 2, times this weight. */
  pairs: z.record(z.string(), z.record(z.string(), z.number())),
  /**
   * Of the hashed grams that say something: their columns among `buckets`, each as the distance from the one before, and
   * their weights in units of `unit`.
   */
  grams: z
    .strictObject({
      buckets: z.int().positive().max(MOST_BUCKETS),
      unit: z.number(),
      gaps: z.array(z.int().nonnegative()),
      weights: z.array(z.int()),
    })
    .refine((grams) => grams.gaps.length === grams.weights.length, "gaps and weights differ in length"),
  /** The weak model suffices with probability 1 / (1 + e^-(intercept + slope * gain)). */
  calibration: z.strictObject({ slope: z.number(), intercept: z.number() }),
  validation: z.strictObject({
    folds: z.int(),
    /** Area under the curve of performance gap recovered over strong calls; 0.5 is chance. */
    apgr: z.number(),
    curve: z.array(CurvePoint).min(1),
  }),
  /** The point of the curve that saves most and keeps `quality`. */
  choice: z.strictObject({
    qualityFloor: z.number(),
    confidence: z.number().gt(0).lt(1),
    expectedQuality: z.number(),
    expectedSaving: z.number(),
  }),
});
export type RouteModel = z.output<typeof RouteModel>;
export type CurvePoint = z.output<typeof CurvePoint>;

/** Enough of a text to judge it by, and a bound on the work for a text of any length. */
export const SAMPLE_CHARACTERS = 8_000;

/** What a model says about one text. */
interface TextJudgement {
  /** How much better the strong model is expected to do than the weak one, in units of quality (0 to 1); may be negative. */
  readonly gain: number;
  /** Share of the text's grams of which the model has seen something in training: 0 to 1, 0 for a text without words. */
  readonly familiarity: number;
}

type Weights = Pick<RouteModel, "intercept" | "signs" | "pairs" | "grams">;

/** What the model says about a text, by the signs and grams of its first {@link SAMPLE_CHARACTERS} characters. */
export function judgeText({ intercept, signs, pairs, grams }: Weights, text: string): TextJudgement {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  let gain = intercept;
  const read = readSigns(sample);
  for (const [name, value] of read) {
    const sign = signs[name];
    if (sign) gain += (value - sign.mean) * sign.weight;
  }
  gain += weighPairs(read, signs, pairs);
  const row = hashNgrams(sample, grams.buckets);
  const weights = table(grams);
  const known = Array.from(row.columns).filter((column) => weights[column] !== 0).length;
  return { gain: gain + grams.unit * predict(row, weights), familiarity: known / Math.max(1, row.columns.length) };
}

/** The `gain` of {@link judgeText} alone: a score by which to send requests to the strong model. */
export function expectedGain(model: Weights, text: string): number {
  return judgeText(model, text).gain;
}

/** The probability that the weak model does as well as the strong one. */
export function probabilityOf({ calibration }: RouteModel, gain: number): number {
  return 1 / (1 + Math.exp(-(calibration.intercept + calibration.slope * gain)));
}

// Unpacked once a model, not once a request.
const tables = new WeakMap<RouteModel["grams"], Float64Array>();

function table(grams: RouteModel["grams"]): Float64Array {
  const known = tables.get(grams);
  if (known) return known;
  const weights = new Float64Array(grams.buckets);
  let column = 0;
  grams.gaps.forEach((gap, index) => {
    column += gap;
    weights[column] = grams.weights[index]!;
  });
  tables.set(grams, weights);
  return weights;
}

/**
 * Reads a file that `trainRouter` wrote.
 *
 * @throws ArmatureError `CONFIG_INVALID` naming the file and the field
 */
export function readRouteModel(path: string): RouteModel {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `The router's model ${path} cannot be read as JSON.`, { cause });
  }
  const parsed = RouteModel.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "the whole file";
  throw new ArmatureError("CONFIG_INVALID", `The router's model ${path} is wrong at ${field}: ${issue?.message}.`);
}
