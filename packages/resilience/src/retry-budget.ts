import type { Clock } from "@armature/contracts";

export interface RetryBudgetPolicy {
  /** Retries that each call pays in for all, 0 to 1. */
  readonly ratio: number;
  /** Retries a second that are allowed however few calls there are. */
  readonly floorPerSecond: number;
}

export const DEFAULT_RETRY_BUDGET: RetryBudgetPolicy = { ratio: 0.2, floorPerSecond: 10 };

/** What may be saved up: ten seconds of the floor, so that a calm hour does not pay for a storm. */
const SAVED_SECONDS = 10;

/**
 * Bounds the retries of all calls to one route together. When a provider is down every call would retry, and the
 * retries would keep it down; a call that finds the budget empty takes the next route instead.
 */
export class RetryBudget {
  #tokens: number;
  #at: number;
  readonly #most: number;

  constructor(
    private readonly clock: Clock,
    private readonly policy: RetryBudgetPolicy = DEFAULT_RETRY_BUDGET,
  ) {
    this.#most = Math.max(1, policy.floorPerSecond * SAVED_SECONDS);
    this.#tokens = this.#most;
    this.#at = clock.now();
  }

  /** A first attempt was made. */
  deposit(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.policy.ratio);
  }

  /** Takes one retry out; `false` where there is none. */
  tryWithdraw(): boolean {
    const now = this.clock.now();
    const earned = ((now - this.#at) / 1_000) * this.policy.floorPerSecond;
    this.#tokens = Math.min(this.#most, this.#tokens + Math.max(0, earned));
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
