import { pass, type Scorer, type ScorerOptions } from "./scorer.js";

/** Whether the request took at most `ms` milliseconds, re-asks and retries included. */
export function latency(ms: number, { name = "latency", threshold = 1 }: ScorerOptions = {}): Scorer {
  return {
    name,
    threshold,
    score: ({ outcome }) => pass(outcome.durationMs <= ms, `${Math.round(outcome.durationMs)} ms`),
  };
}

/** Whether the request cost at most `usd` dollars, failed attempts included. */
export function cost(usd: number, { name = "cost", threshold = 1 }: ScorerOptions = {}): Scorer {
  return {
    name,
    threshold,
    score: ({ outcome }) => pass(outcome.costMicroUsd <= usd * 1_000_000, `${outcome.costMicroUsd / 1_000_000} USD`),
  };
}
