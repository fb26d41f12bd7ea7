import { pass, type Scorer, type ScorerOptions, scorerOf } from "./scorer.js";

/**
 * Whether an accepted request took at most `ms` milliseconds, re-asks and retries included. A refused one scores 0: to
 * fail fast is no merit.
 */
export function latency(ms: number, options: ScorerOptions = {}): Scorer {
  return scorerOf("latency", options, (_output, { outcome }) =>
    pass(outcome.durationMs <= ms, `${Math.round(outcome.durationMs)} ms`),
  );
}

/** Whether an accepted request cost at most `usd` dollars, failed attempts included. A refused one scores 0. */
export function cost(usd: number, options: ScorerOptions = {}): Scorer {
  return scorerOf("cost", options, (_output, { outcome }) =>
    pass(outcome.costMicroUsd <= usd * 1_000_000, `${outcome.costMicroUsd / 1_000_000} USD`),
  );
}
