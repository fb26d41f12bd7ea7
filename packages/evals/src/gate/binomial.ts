/** Probability of exactly `k` successes in `n` independent trials of probability `p`. */
export function binomialAt(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  return binomialCoefficient(n, k) * p ** k * (1 - p) ** (n - k);
}

/** Probability of at most `k` successes in `n` independent trials of probability `p`. */
export function binomialAtMost(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = 0; i <= Math.min(k, n); i++) sum += binomialAt(i, n, p);
  return Math.min(1, sum);
}

/** `n` over `k`; exact as long as the result is below 2^53. */
export function binomialCoefficient(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return Math.round(result);
}
