import { normalQuantile } from "./normal.js";

/**
 * The drop of the mean pass rate that the drift test finds with probability `power`, in the normal approximation:
 * `(z(1 - alpha) + z(power)) · sqrt(sum p(1 - p) · (1/now + 1/before)) / n` (J. L. Fleiss, B. Levin, M. C. Paik,
 * Statistical Methods for Rates and Proportions, 2003, ch. 4). `p(1 - p)` of a case is estimated without bias from its
 * baseline, `k(t - k) / (t(t - 1))`. A baseline without any failure leaves nothing to estimate from; the answer is then
 * the smallest one that counts show, a few broken cases.
 */
export function minimumDetectableDrop(
  baseline: readonly { readonly passes: number; readonly trials: number }[],
  { alpha, power = 0.8, trialsNow = 1 }: { alpha: number; power?: number; trialsNow?: number },
): number {
  const n = baseline.length;
  if (n === 0) return 1;
  const variance = baseline.reduce((sum, { passes, trials }) => {
    const own = trials > 1 ? (passes * (trials - passes)) / (trials * (trials - 1)) : 0.25;
    return sum + own * (1 / trialsNow + 1 / trials);
  }, 0);
  const z = normalQuantile(1 - alpha) + normalQuantile(power);
  // Each broken case that had always passed multiplies the p-value by 1 / (trials + 1) at best.
  const trials = Math.max(...baseline.map((one) => one.trials));
  const fewest = Math.ceil(Math.log(alpha) / Math.log(trialsNow / (trials + trialsNow)));
  return Math.min(1, Math.max((z * Math.sqrt(variance)) / n, fewest / n));
}
