/** A probability 1 / (1 + e^-(intercept + slope * x)). */
interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

const STEPS = 25;
// Keeps the steps finite where x separates the outcomes, or all outcomes are one.
const PENALTY = 1e-3;

/** Platt scaling (1999): the logistic curve of greatest likelihood, by Newton's method. `y` is 0 or 1. */
export function calibrate(points: readonly { readonly x: number; readonly y: number }[]): Calibration {
  let slope = 0;
  let intercept = 0;
  for (let step = 0; step < STEPS; step++) {
    let [gx, g1, hxx, hx1, h11] = [-PENALTY * slope, -PENALTY * intercept, PENALTY, 0, PENALTY];
    for (const { x, y } of points) {
      const p = 1 / (1 + Math.exp(-(intercept + slope * x)));
      const curvature = p * (1 - p);
      gx += (y - p) * x;
      g1 += y - p;
      hxx += curvature * x * x;
      hx1 += curvature * x;
      h11 += curvature;
    }
    const determinant = hxx * h11 - hx1 * hx1;
    slope += (h11 * gx - hx1 * g1) / determinant;
    intercept += (hxx * g1 - hx1 * gx) / determinant;
  }
  return { slope: Number(slope.toPrecision(6)), intercept: Number(intercept.toPrecision(6)) };
}
