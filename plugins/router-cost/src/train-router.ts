import { configInvalid, type RequestRecord } from "@armature/contracts";
import { calibrate } from "./calibration.js";
import { type FitOptions, fitGain, problemsOfFit } from "./fit-gain.js";
import { examplesOf, parseExamples, type RouteExample } from "./route-example.js";
import { type CurvePoint, expectedGain, probabilityOf, type RouteModel } from "./route-model.js";
import { apgr, type ScoredPair } from "./routing-curve.js";

export interface TrainOptions extends FitOptions {
  /** Share of the strong model's quality that the chosen confidence must keep in validation; 0.95 by default. */
  readonly qualityFloor?: number;
  /** What the weak model costs, as a share of the strong one; 0.1 by default. */
  readonly weakCostShare?: number;
  /** 5 by default. */
  readonly folds?: number;
}

const LEAST_EXAMPLES = 50;
// Steps of the validation curve.
const POINTS = 20;
// What the rounding of a figure leaves apart.
const LEAST_STEP = 1e-4;

/**
 * Learns when the weak model suffices, by ridge regression of the gain `strong - weak` on signs, pairs of signs and
 * hashed grams. The curve, the calibration and the choice of the confidence come from predictions for folds that were
 * left out.
 *
 * @param source examples, records of the journal ({@link examplesOf} says which count), or JSON lines
 * @throws ArmatureError `CONFIG_INVALID` when there are fewer than 50 examples, all say the same, the strong model
 * is never right, or a figure is none
 */
export function trainRouter(
  source: string | readonly RouteExample[] | readonly RequestRecord[],
  options: TrainOptions = {},
): RouteModel {
  const examples = toExamples(source);
  const { qualityFloor = 0.95, weakCostShare = 0.1, folds = 5 } = options;
  const problems = [
    ...problemsOf(examples),
    ...(isShare(qualityFloor) ? [] : [`qualityFloor must be between 0 and 1, and is ${qualityFloor}`]),
    ...(isShare(weakCostShare) ? [] : [`weakCostShare must be between 0 and 1, and is ${weakCostShare}`]),
    ...(Number.isInteger(folds) && folds >= 2 && folds <= LEAST_EXAMPLES
      ? []
      : [`folds must be a whole number from 2 to ${LEAST_EXAMPLES}, and is ${folds}`]),
    ...problemsOfFit(options),
  ];
  if (problems.length > 0) throw configInvalid(problems.map((problem) => `trainRouter: ${problem}.`));
  const pairs = crossValidate(examples, { ...options, folds });
  const calibration = calibrate(pairs.map(({ score, weak, strong }) => ({ x: score, y: weak >= strong ? 1 : 0 })));
  const model: RouteModel = {
    version: 2,
    examples: examples.length,
    ...fitGain(examples, options),
    calibration,
    validation: { folds, apgr: round(apgr(pairs)), curve: [] },
    choice: { qualityFloor, confidence: 0.5, expectedQuality: 1, expectedSaving: 0 },
  };
  const probabilities = pairs.map((pair) => ({ ...pair, probability: probabilityOf(model, pair.score) }));
  const curve = curveOf(probabilities, weakCostShare);
  const kept = curve.filter((point) => point.quality >= qualityFloor);
  // Of points that save the same, the most careful one.
  const best = kept.reduce((most, point) => (point.saving >= most.saving ? point : most), kept[0] ?? curve.at(-1)!);
  const choice = {
    qualityFloor,
    confidence: best.confidence,
    expectedQuality: best.quality,
    expectedSaving: best.saving,
  };
  return { ...model, validation: { ...model.validation, curve }, choice };
}

/**
 * Each example's gain as predicted by a model that was trained without its fold. Folds go by place, not by chance; equal
 * texts share one, since a model that has seen a text is no judge of it.
 */
export function crossValidate(
  examples: readonly RouteExample[],
  options: FitOptions & { readonly folds: number },
): ScoredPair[] {
  const { folds, ...fit } = options;
  const places = new Map<string, number>();
  for (const { text } of examples) if (!places.has(text)) places.set(text, places.size);
  const foldOf = ({ text }: RouteExample) => places.get(text)! % folds;
  const scores = new Map<string, number>();
  for (let fold = 0; fold < Math.min(folds, places.size); fold++) {
    const weights = fitGain(
      examples.filter((one) => foldOf(one) !== fold),
      fit,
    );
    for (const [text, place] of places) if (place % folds === fold) scores.set(text, expectedGain(weights, text));
  }
  return examples.map(({ text, weak, strong }) => ({ weak, strong, score: scores.get(text)! }));
}

/** Why nothing can be learned from these. */
function problemsOf(examples: readonly RouteExample[]): string[] {
  const wrong = examples.findIndex((one) => typeof one.text !== "string" || !isShare(one.weak) || !isShare(one.strong));
  if (wrong >= 0) return [`example ${wrong} needs a text, and qualities "weak" and "strong" between 0 and 1`];
  const problems: string[] = [];
  if (examples.length < LEAST_EXAMPLES) {
    problems.push(`it cannot learn from ${examples.length} examples: it needs at least ${LEAST_EXAMPLES}`);
  } else if (new Set(examples.map(({ text }) => text)).size === 1) {
    problems.push("all examples are one text, and nothing is left to judge it by");
  }
  const gains = new Set(examples.map(({ weak, strong }) => strong - weak));
  if (gains.size === 1) {
    const always = [...gains][0]! <= 0 ? "does as well as the strong one" : "does equally worse";
    problems.push(`in all examples the weak model ${always}, and there is nothing to tell apart`);
  } else if (examples.length > 0 && examples.every(({ strong }) => strong === 0)) {
    problems.push("the strong model is never right, and there is no quality to keep");
  }
  return problems;
}

function isShare(value: number): boolean {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function toExamples(source: Parameters<typeof trainRouter>[0]): readonly RouteExample[] {
  if (typeof source === "string") return parseExamples(source);
  const [first] = source;
  return first && "requestId" in first
    ? examplesOf(source as readonly RequestRecord[])
    : (source as readonly RouteExample[]);
}

/**
 * From always the weak model to always the strong one, in steps of a twentieth of the requests: calibrated probabilities
 * lie close together, so that even steps of the confidence would jump over most of the curve.
 */
function curveOf(
  pairs: readonly (ScoredPair & { readonly probability: number })[],
  weakCostShare: number,
): CurvePoint[] {
  const sorted = pairs.map(({ probability }) => probability).sort((a, b) => a - b);
  // Half-way between two requests, so that others like them fall on the same side.
  const cuts = Array.from({ length: POINTS - 1 }, (_, step) => {
    const place = Math.floor(((step + 1) * sorted.length) / POINTS);
    return (sorted[place - 1]! + sorted[place]!) / 2;
  });
  const confidences = new Set([sorted[0]! - LEAST_STEP, ...cuts, sorted.at(-1)! + LEAST_STEP].map(withinBounds));
  const weakQuality = pairs.reduce((sum, pair) => sum + pair.weak, 0);
  const strongQuality = pairs.reduce((sum, pair) => sum + pair.strong, 0);
  return Array.from(confidences, (confidence): CurvePoint => {
    const strong = pairs.filter((pair) => pair.probability < confidence);
    const gained = strong.reduce((sum, pair) => sum + pair.strong - pair.weak, 0);
    const strongShare = strong.length / pairs.length;
    return {
      confidence,
      strongShare: round(strongShare),
      quality: round((weakQuality + gained) / Math.max(1e-9, strongQuality)),
      saving: round((1 - strongShare) * (1 - weakCostShare)),
    };
  });
}

/** A confidence lies between 0 and 1. */
function withinBounds(probability: number): number {
  return Math.min(1 - LEAST_STEP, Math.max(LEAST_STEP, round(probability)));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
