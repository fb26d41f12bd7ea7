export interface HedgeBudgetPolicy {
  /** Hedges that each call pays in for all, 0 to 1. */
  readonly ratio: number;
  /** The most that may be saved up, and what there is at first. */
  readonly burst: number;
}

export const DEFAULT_HEDGE_BUDGET: HedgeBudgetPolicy = { ratio: 0.06, burst: 5 };

/** Bounds the hedges of all calls to one route together: when everything is slow, hedging would only add to it. */
export class HedgeBudget {
  #tokens: number;

  constructor(private readonly policy: HedgeBudgetPolicy = DEFAULT_HEDGE_BUDGET) {
    this.#tokens = policy.burst;
  }

  /** A call was made. */
  deposit(): void {
    this.#tokens = Math.min(this.policy.burst, this.#tokens + this.policy.ratio);
  }

  /** Takes one hedge out; `false` where there is none. */
  tryWithdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
