import type { Clock } from "@armature/contracts";
import { Breaker, type BreakerPolicy, type BreakerState, DEFAULT_BREAKER } from "./breaker.js";
import { DEFAULT_HEDGE_BUDGET, HedgeBudget, type HedgeBudgetPolicy } from "./hedge-budget.js";
import { Latencies } from "./latencies.js";
import { DEFAULT_LIMITER, Limiter, type LimiterPolicy } from "./limiter.js";
import { DEFAULT_RETRY_BUDGET, RetryBudget, type RetryBudgetPolicy } from "./retry-budget.js";

export interface HealthPolicy {
  readonly breaker?: BreakerPolicy;
  readonly retryBudget?: RetryBudgetPolicy;
  readonly hedgeBudget?: HedgeBudgetPolicy;
  readonly limiter?: LimiterPolicy;
}

/** What is known about one route. */
export interface RouteHealth {
  readonly breaker: Breaker;
  readonly limiter: Limiter;
  readonly retryBudget: RetryBudget;
  readonly hedgeBudget: HedgeBudget;
  /** How long whole answers took that did not come as a stream. */
  readonly answerMs: Latencies;
  /** How long streams took to their first token. */
  readonly firstTokenMs: Latencies;
}

/** What the calls of one application have learned about its routes, and share. */
export class Health {
  readonly #routes = new Map<string, RouteHealth>();

  constructor(
    private readonly clock: Clock,
    private readonly policy: HealthPolicy = {},
  ) {}

  route(route: string): RouteHealth {
    let health = this.#routes.get(route);
    if (!health) {
      health = {
        breaker: new Breaker(this.clock, this.policy.breaker ?? DEFAULT_BREAKER),
        limiter: new Limiter(this.clock, this.policy.limiter ?? DEFAULT_LIMITER),
        retryBudget: new RetryBudget(this.clock, this.policy.retryBudget ?? DEFAULT_RETRY_BUDGET),
        hedgeBudget: new HedgeBudget(this.policy.hedgeBudget ?? DEFAULT_HEDGE_BUDGET),
        answerMs: new Latencies(),
        firstTokenMs: new Latencies(),
      };
      this.#routes.set(route, health);
    }
    return health;
  }

  /** State of the route's breaker; `closed` where it has not been called yet. */
  state(route: string): BreakerState {
    return this.#routes.get(route)?.breaker.state ?? "closed";
  }

  /** Every route that has been called, with the state of its breaker. */
  states(): Record<string, BreakerState> {
    return Object.fromEntries([...this.#routes].map(([route, { breaker }]) => [route, breaker.state]));
  }
}
