import { type RequestFeatures, readFeatures } from "./features.js";
import { judgeText, probabilityOf, type RouteModel } from "./route-model.js";

/** How probable it is that the weakest model suffices, and what spoke against it. */
export interface Sufficiency {
  readonly probability: number;
  readonly against: readonly string[];
}

// Set by hand, not learnt: a plain short request starts at 0.92, and each sign of difficulty takes its log-odds away.
const PLAIN_REQUEST = 2.5;

/** A logistic model: 1 / (1 + e^-(2.5 - sum of the terms below)). It abstains when the features say nothing. */
export function weakModelSuffices(features: RequestFeatures): Sufficiency | "unsure" {
  if (!features.isReadable) return "unsure";
  const { tokens, questions, numbers, hasCode, reasoningWords, negations, names, commas } = features;
  const terms: readonly (readonly [logOdds: number, what: string])[] = [
    // Every doubling beyond some 500 tokens costs about the same.
    [0.5 * Math.log2(1 + tokens / 500), `${tokens} tokens`],
    [Math.min(1.5, 0.3 * Math.max(0, questions - 1)), `${questions} questions`],
    [Math.min(0.8, 0.02 * Math.max(0, numbers - 20)), `${numbers} numbers`],
    [0.25 * Math.log1p(negations), `${negations} negations`],
    [0.15 * Math.log1p(names), `${names} names`],
    [0.15 * Math.log1p(commas), `${commas} commas`],
    [hasCode ? 1 : 0, "code"],
    [Math.min(2.4, 0.6 * reasoningWords), `${reasoningWords} words that ask for reasoning`],
  ];
  const logOdds = PLAIN_REQUEST - terms.reduce((sum, [term]) => sum + term, 0);
  return {
    probability: 1 / (1 + Math.exp(-logOdds)),
    against: terms.filter(([term]) => term >= 0.25).map(([, what]) => what),
  };
}

// Below this share of known grams a trained model would judge by little more than the length.
const LEAST_FAMILIAR = 0.5;

/** What a trained model says; it abstains on a text that is unlike all that it was trained on. */
export function trainedSufficiency(model: RouteModel, text: string): Sufficiency | "unsure" {
  const { gain, familiarity } = judgeText(model, text);
  return familiarity < LEAST_FAMILIAR ? "unsure" : { probability: probabilityOf(model, gain), against: [] };
}

/**
 * The same for the model at `rank` of `count` (0 the weakest): the weakest has p, the strongest is as good as it gets
 * and has 1, those between lie between, evenly in the exponent.
 */
export function sufficiencyAt(probability: number, rank: number, count: number): number {
  return count < 2 ? 1 : probability ** ((count - 1 - rank) / (count - 1));
}

/** The untrained estimate as a score: the log-odds that the weakest model does not suffice; 9 where it abstains. */
export function untrainedGain(text: string): number {
  const judged = weakModelSuffices(readFeatures(text));
  return judged === "unsure" ? 9 : Math.log((1 - judged.probability) / judged.probability);
}
