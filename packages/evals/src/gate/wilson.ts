import { normalQuantile } from "./normal.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Score interval of a proportion (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212); 0 to 1 of no trials at all. */
export function wilsonInterval(passes: number, trials: number, confidence = 0.95): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const rate = passes / trials;
  const scale = 1 + z ** 2 / trials;
  const center = (rate + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}
