/** One request as both models answered it, and what a router thought of it. */
export interface ScoredPair {
  /** Higher: rather the strong model. */
  readonly score: number;
  /** Quality of the two answers, 0 to 1. */
  readonly weak: number;
  readonly strong: number;
}

/**
 * Performance gap recovered when the `calls` requests of highest score go to the strong model, for every `calls` from 0
 * to all: (quality of the mix - weak) / (strong - weak), as RouteLLM defines it (Ong et al. 2024, section 3.2). Requests
 * of equal score share their gain evenly, so that their order decides nothing.
 */
export function gapRecovered(pairs: readonly ScoredPair[]): number[] {
  const sorted = [...pairs].sort((a, b) => b.score - a.score);
  const total = sorted.reduce((sum, { weak, strong }) => sum + strong - weak, 0);
  const recovered = [0];
  let sum = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    let gain = 0;
    // A score that is no number equals not even itself.
    do {
      gain += sorted[end]!.strong - sorted[end]!.weak;
      end++;
    } while (end < sorted.length && sorted[end]!.score === sorted[start]!.score);
    for (let place = start + 1; place <= end; place++) {
      recovered.push((sum + (gain * (place - start)) / (end - start)) / total);
    }
    sum += gain;
    start = end;
  }
  return recovered;
}

/**
 * Average performance gap recovered: the area under {@link gapRecovered} over the share of strong calls, by trapezoids
 * over all shares. Chance has 0.5; NaN where the models are equally good.
 */
export function apgr(pairs: readonly ScoredPair[]): number {
  const recovered = gapRecovered(pairs);
  let area = 0;
  for (let calls = 1; calls < recovered.length; calls++) area += (recovered[calls - 1]! + recovered[calls]!) / 2;
  return area / Math.max(1, recovered.length - 1);
}

/** Call-performance threshold: the least share of strong calls that recovers `gap` (0 to 1) of the gap. */
export function callsFor(pairs: readonly ScoredPair[], gap: number): number {
  const recovered = gapRecovered(pairs);
  return recovered.findIndex((share) => share >= gap) / Math.max(1, recovered.length - 1);
}
