/** Two requests that people have compared: how near their vectors are, and whether one answer does for both. */
export interface LabelledPair {
  /** Cosine of the two requests' vectors, -1 to 1. */
  readonly similarity: number;
  /** Whether the answer to one is also right for the other. */
  readonly same: boolean;
}

export interface CalibrationTarget {
  /** The share of served answers that must be right, greater than 0 and less than 1. */
  readonly precision: number;
}

export interface Calibration {
  /** Serve what is at least this near. */
  readonly threshold: number;
  /** Share of the pairs at or above the threshold whose answer was right. */
  readonly precision: number;
  /** What that share is at least, with 95% confidence. */
  readonly precisionAtLeast: number;
  /** Share of all pairs with one answer that are at or above the threshold. */
  readonly recall: number;
  /** Pairs at or above the threshold. */
  readonly served: number;
}

/** One-sided 95% of the normal distribution. */
const Z = 1.6449;

/**
 * The lowest threshold whose precision is, with 95% confidence, at least the target; `undefined` where the pairs bear
 * none. It takes the bound and not the share itself, so that five lucky pairs prove nothing: a precision of 0.95 needs
 * some 52 pairs without a mistake, 0.99 some 268.
 */
export function calibrateThreshold(
  pairs: readonly LabelledPair[],
  { precision: target }: CalibrationTarget,
): Calibration | undefined {
  const nearest = [...pairs].sort((a, b) => b.similarity - a.similarity);
  const same = nearest.filter((pair) => pair.same).length;
  let right = 0;
  let found: Calibration | undefined;
  for (const [index, pair] of nearest.entries()) {
    if (pair.same) right++;
    // Equal similarities are served together or not at all.
    if (nearest[index + 1]?.similarity === pair.similarity) continue;
    const served = index + 1;
    const precisionAtLeast = lowerBound(right, served);
    if (precisionAtLeast < target) continue;
    found = {
      threshold: pair.similarity,
      precision: right / served,
      precisionAtLeast,
      recall: same === 0 ? 0 : right / same,
      served,
    };
  }
  return found;
}

/** Lower end of the score interval of a share (E. B. Wilson, JASA 22, 1927). */
export function lowerBound(right: number, count: number): number {
  if (count === 0) return 0;
  const share = right / count;
  const spread = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return (share + (Z * Z) / (2 * count) - spread) / (1 + (Z * Z) / count);
}
