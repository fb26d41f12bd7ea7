import type { Clock } from "@armature/contracts";
import { Breaker, type BreakerPolicy, type BreakerState, DEFAULT_BREAKER } from "./breaker.js";

/** What the calls of one application have learned about its routes: a breaker for each. */
export class Health {
  readonly #breakers = new Map<string, Breaker>();

  constructor(
    private readonly clock: Clock,
    private readonly policy: BreakerPolicy = DEFAULT_BREAKER,
  ) {}

  breaker(route: string): Breaker {
    let breaker = this.#breakers.get(route);
    if (!breaker) {
      breaker = new Breaker(this.clock, this.policy);
      this.#breakers.set(route, breaker);
    }
    return breaker;
  }

  /** `closed` for a route that has not been called yet. */
  state(route: string): BreakerState {
    return this.#breakers.get(route)?.state ?? "closed";
  }

  /** Every route that has been called, with the state of its breaker. */
  states(): Record<string, BreakerState> {
    return Object.fromEntries([...this.#breakers].map(([route, breaker]) => [route, breaker.state]));
  }
}
