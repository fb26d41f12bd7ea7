import type { Random } from "@armature/contracts";
import type { Interval } from "./wilson.js";

export interface BootstrapResult extends Interval {
  /** Mean difference, now minus before. */
  readonly difference: number;
}

/**
 * Percentile interval of a mean paired difference: cases are drawn with replacement, each with its own difference
 * (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13). Seeded chance gives the same interval
 * for the same numbers.
 */
export function pairedBootstrap(
  differences: readonly number[],
  { random = seeded(1), samples = 10_000, confidence = 0.95 }: BootstrapOptions = {},
): BootstrapResult {
  const n = differences.length;
  if (n === 0) return { difference: 0, low: 0, high: 0 };
  const means = Float64Array.from({ length: samples }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(random.next() * n)]!;
    return sum / n;
  }).sort();
  const at = (p: number) => means[Math.min(samples - 1, Math.max(0, Math.round(p * (samples - 1))))]!;
  const tail = (1 - confidence) / 2;
  return { difference: differences.reduce((sum, d) => sum + d, 0) / n, low: at(tail), high: at(1 - tail) };
}

export interface BootstrapOptions {
  readonly random?: Random;
  readonly samples?: number;
  readonly confidence?: number;
}

/** A small generator for resampling: xorshift with 32 bits (G. Marsaglia, J. Stat. Softw. 8(14), 2003). */
export function seeded(seed: number): Random {
  let state = seed >>> 0 || 0x9e3779b9;
  return {
    next() {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) / 2 ** 32;
    },
  };
}
