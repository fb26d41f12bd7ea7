/** How hard one call is tried. All times in milliseconds. */
export interface CallPolicy {
  /** The longest that one attempt may take. */
  readonly attemptTimeoutMs: number;
  /** With streams: the longest wait for the first token. */
  readonly firstTokenTimeoutMs: number;
  /** With streams: the longest silence after it. Keep-alive comments and empty deltas are silence. */
  readonly idleTimeoutMs: number;
  /** Further attempts on one route after its first. */
  readonly retries: number;
  readonly backoff: Backoff;
  /** The most attempts of the whole call, on all routes together. */
  readonly maxAttempts: number;
}

/** Full jitter: before retry n waits a random time up to `min(maxMs, baseMs * 2^(n-1))`. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

export const DEFAULT_POLICY: CallPolicy = {
  attemptTimeoutMs: 60_000,
  firstTokenTimeoutMs: 15_000,
  idleTimeoutMs: 10_000,
  retries: 2,
  backoff: { baseMs: 250, maxMs: 8_000 },
  maxAttempts: 8,
};
