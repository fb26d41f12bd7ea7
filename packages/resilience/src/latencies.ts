/** How many of the latest latencies are kept. */
const KEPT = 400;

/** A quantile is counted anew after so many further latencies. */
const STALE_AFTER = 20;

/** The latest latencies of one route, and the value that a share of them did not exceed. */
export class Latencies {
  readonly #latest: number[] = [];
  #next = 0;
  #fresh = 0;
  #counted: { readonly quantile: number; readonly ms: number } | undefined;

  /** How many are known, up to as many as are kept. */
  get count(): number {
    return this.#latest.length;
  }

  add(ms: number): void {
    this.#latest[this.#next] = ms;
    this.#next = (this.#next + 1) % KEPT;
    this.#fresh++;
  }

  /** By nearest rank, at most twenty latencies old; NaN of none. `quantile`: 0 to 1. */
  quantile(quantile: number): number {
    if (this.#counted?.quantile !== quantile || this.#fresh >= STALE_AFTER) {
      const sorted = Float64Array.from(this.#latest).sort();
      const ms = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN;
      this.#counted = { quantile, ms };
      this.#fresh = 0;
    }
    return this.#counted.ms;
  }
}
