/** How hard one call is tried. All times in milliseconds. */
export interface CallPolicy {
  /** The longest that one attempt may take. */
  readonly attemptTimeoutMs: number;
  /**
   * The longest wait for a connection, TLS included. Node's own fetch gives up after 10 seconds whatever stands here;
   * a shorter time holds for every client that stands on Node's fetch.
   */
  readonly connectTimeoutMs?: number;
  /** With streams: the longest wait for the first token. */
  readonly firstTokenTimeoutMs: number;
  /** With streams: the longest silence after it. Keep-alive comments and empty deltas are silence. */
  readonly idleTimeoutMs: number;
  /** Further attempts on one route after its first. */
  readonly retries: number;
  readonly backoff: Backoff;
  /** The most attempts of the whole call: retries, hedges and fallbacks together. */
  readonly maxAttempts: number;
  /** {@link DEFAULT_HEDGE} where it is left out; `false` never hedges. */
  readonly hedge?: HedgePolicy | false;
}

/** Full jitter: before retry n waits a random time up to `min(maxMs, baseMs * 2^(n-1))`. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** When a second attempt is sent to a route whose first is slow. */
export interface HedgePolicy {
  /** Which of the route's latest latencies it must have outlasted, 0 to 1. */
  readonly quantile: number;
  /** How many latencies must have been measured before anything is hedged. */
  readonly minSamples: number;
  /** A route that answers sooner than this is not hedged earlier. Milliseconds. */
  readonly minDelayMs: number;
  /** Calls that offer tools are hedged too. They often end in a turn that costs more than the wait. */
  readonly tools?: boolean;
}

export const DEFAULT_HEDGE: HedgePolicy = { quantile: 0.95, minSamples: 100, minDelayMs: 50 };

export const DEFAULT_POLICY: CallPolicy = {
  attemptTimeoutMs: 60_000,
  firstTokenTimeoutMs: 15_000,
  idleTimeoutMs: 10_000,
  retries: 2,
  backoff: { baseMs: 250, maxMs: 8_000 },
  maxAttempts: 8,
};
