import { type LabelledPair, lowerBound } from "./calibrate-threshold.js";

/** What a cache in shadow mode has seen of one task. */
export interface AgreementFigures {
  readonly task: string;
  /** Requests that had an earlier one to be compared with. */
  readonly compared: number;
  /** Those whose nearest earlier request was at or above the threshold: what would have been served. */
  readonly near: number;
  /** Those of `near` whose earlier answer said the same as the new one. */
  readonly agreed: number;
  /** `agreed` of `near`; absent as long as nothing was near. */
  readonly agreement?: number;
  /** What that share is at least, with 95% confidence; absent likewise. */
  readonly agreementAtLeast?: number;
}

/** The newest pairs are kept for each task; a number and a flag each, no text. */
const MAX_PAIRS = 10_000;

/**
 * Counts how often the answer to the nearest earlier request would have done. Make one, pass it to the cache, and read
 * it when enough requests have passed: it is the evidence on which a threshold is chosen.
 */
export class Agreement {
  readonly #pairs = new Map<string, LabelledPair[]>();

  note(task: string, pair: LabelledPair): void {
    let pairs = this.#pairs.get(task);
    if (!pairs) {
      pairs = [];
      this.#pairs.set(task, pairs);
    }
    if (pairs.length === MAX_PAIRS) pairs.shift();
    pairs.push(pair);
  }

  /** What {@link calibrateThreshold} takes. */
  pairs(task: string): readonly LabelledPair[] {
    return this.#pairs.get(task) ?? [];
  }

  /** How a cache with this threshold would have done, for each task that was seen. */
  figures(threshold: number): AgreementFigures[] {
    return [...this.#pairs].map(([task, pairs]) => {
      const near = pairs.filter(({ similarity }) => similarity >= threshold);
      const agreed = near.filter(({ same }) => same).length;
      const counts = { task, compared: pairs.length, near: near.length, agreed };
      if (near.length === 0) return counts;
      return { ...counts, agreement: agreed / near.length, agreementAtLeast: lowerBound(agreed, near.length) };
    });
  }
}
