/**
 * Probability that a standard normal variable is below `x`: Marsaglia's series (G. Marsaglia, J. Stat. Softw. 11(4),
 * 2004), which converges to machine precision for |x| < 7.
 */
export function normalBelow(x: number): number {
  if (x < -7) return 0;
  if (x > 7) return 1;
  let sum = x;
  let term = x;
  for (let i = 3; Math.abs(term) > 1e-17 && i < 400; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
}

/** The value that a standard normal variable is below with probability `p` (0 < p < 1), by bisection. */
export function normalQuantile(p: number): number {
  let [low, high] = [-7, 7];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
