import { binomialAtMost, binomialCoefficient } from "./binomial.js";

/** One case before and now. */
export interface PairedCount {
  readonly before: { readonly passes: number; readonly trials: number };
  readonly now: { readonly passes: number; readonly trials: number };
}

/**
 * One-sided exact test of whether cases pass less often now, each compared with itself. Without a change, all trials
 * of one case are exchangeable, so given how many of them passed at all, those of now are a draw without replacement:
 * a hypergeometric law a case, and their convolution over the cases. This is the exact conditional test of stratified
 * 2x2 tables (J. J. Gart, Biometrika 57, 1970, 471-475); with one trial before and one now it is McNemar's exact test.
 * Returns the probability of as few passes as now, or fewer, if nothing has changed.
 */
export function driftPValue(pairs: readonly PairedCount[]): number {
  let law = [1];
  let seen = 0;
  for (const { before, now } of pairs) {
    const passed = before.passes + now.passes;
    law = convolve(law, hypergeometric(passed, before.trials + now.trials, now.trials));
    seen += now.passes;
  }
  return Math.min(
    1,
    law.slice(0, seen + 1).reduce((sum, p) => sum + p, 0),
  );
}

/** Law of the passes among `drawn` of `total` trials of which `passed` have passed; index is the count. */
function hypergeometric(passed: number, total: number, drawn: number): number[] {
  const all = binomialCoefficient(total, drawn);
  return Array.from({ length: drawn + 1 }, (_, k) => {
    if (k > passed || drawn - k > total - passed) return 0;
    return (binomialCoefficient(passed, k) * binomialCoefficient(total - passed, drawn - k)) / all;
  });
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  const sum = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, p] of a.entries()) for (const [j, q] of b.entries()) sum[i + j]! += p * q;
  return sum;
}

/**
 * One-sided exact test of Q. McNemar (Psychometrika 12, 1947, 153-157): of the cases that flipped, `broken` passed
 * before and fail now, `mended` the other way round; without a change either way is a fair coin.
 */
export function mcNemarPValue(broken: number, mended: number): number {
  return binomialAtMost(mended, broken + mended, 0.5);
}
