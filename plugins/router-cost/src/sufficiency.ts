import type { RequestFeatures } from "./features.js";

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
  const { tokens, questions, numbers, hasCode, reasoningWords } = features;
  const terms: readonly (readonly [logOdds: number, what: string])[] = [
    // Every doubling beyond some 500 tokens costs about the same.
    [0.5 * Math.log2(1 + tokens / 500), `${tokens} tokens`],
    [Math.min(1.5, 0.3 * Math.max(0, questions - 1)), `${questions} questions`],
    [Math.min(0.8, 0.02 * Math.max(0, numbers - 20)), `${numbers} numbers`],
    [hasCode ? 1.5 : 0, "code"],
    [Math.min(2.4, 0.8 * reasoningWords), `${reasoningWords} words that ask for reasoning`],
  ];
  const logOdds = PLAIN_REQUEST - terms.reduce((sum, [term]) => sum + term, 0);
  return {
    probability: 1 / (1 + Math.exp(-logOdds)),
    against: terms.filter(([term]) => term >= 0.25).map(([, what]) => what),
  };
}

/**
 * The same for the model at `rank` of `count` (0 the weakest): the weakest has p, the strongest is as good as it gets
 * and has 1, those between lie between, evenly in the exponent.
 */
export function sufficiencyAt(probability: number, rank: number, count: number): number {
  return count < 2 ? 1 : probability ** ((count - 1 - rank) / (count - 1));
}
