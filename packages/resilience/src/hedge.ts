import type { CallContext } from "./call-context.js";
import { DEFAULT_HEDGE } from "./policy.js";
import type { Order, Step, Turn } from "./turn.js";

/**
 * Sends a second attempt to the same route when the first has outlasted nearly all that were measured before it, and
 * takes whichever answers first; with streams, whichever begins first (J. Dean, L. A. Barroso, "The Tail at Scale").
 * The other is cancelled, and its report says so.
 */
export function hedged(call: CallContext, step: Step): Step {
  return async (order: Order): Promise<Turn> => {
    const delayMs = hedgeDelayMs(call, order);
    return delayMs === undefined ? step(order) : new Race(call, step, order).run(delayMs);
  };
}

/** How long the first attempt stays alone; `undefined` where it does for good. */
function hedgeDelayMs(call: CallContext, order: Order): number | undefined {
  const { plan, services } = call;
  const hedge = plan.policy.hedge ?? DEFAULT_HEDGE;
  const health = call.healthOf(order.rung);
  if (hedge === false || !health) return undefined;
  if (plan.parameters.tools?.length && hedge.tools !== true) return undefined;
  const latencies = call.latencies(health);
  if (latencies.count < hedge.minSamples) return undefined;
  const delayMs = Math.max(hedge.minDelayMs, latencies.quantile(hedge.quantile));
  return delayMs < services.deadline.remainingMs() ? delayMs : undefined;
}

interface Lane {
  readonly controller: AbortController;
  turn?: Turn;
}

/** Two attempts of which one counts. */
class Race {
  readonly #lanes: Lane[] = [];
  #winner: Lane | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly call: CallContext,
    private readonly step: Step,
    private readonly order: Order,
  ) {}

  run(delayMs: number): Promise<Turn> {
    const { clock } = this.call.services;
    return new Promise((resolve, reject) => {
      const begin = (order: Order) => {
        const lane: Lane = { controller: new AbortController() };
        this.#lanes.push(lane);
        this.step({ ...order, signal: lane.controller.signal, claim: () => this.#claim(lane) }).then((turn) => {
          lane.turn = turn;
          this.#cancelTimer?.();
          if (this.#lanes.every((one) => one.turn)) resolve(this.#result());
        }, reject);
      };
      const hedge = () => {
        if (this.#mayHedge()) begin({ ...this.order, why: "hedge" });
      };
      // Only from when it is sent: a wait in the queue says nothing about the route.
      const onSent = () => {
        this.#cancelTimer = clock.after(delayMs, hedge);
      };
      begin({ ...this.order, onSent });
    });
  }

  /** A hedge takes no place that a call is waiting for, and no attempt that a fallback would need. */
  #mayHedge(): boolean {
    const { call, order } = this;
    const health = call.healthOf(order.rung)!;
    if (this.#winner || call.ledger.room < 2) return false;
    return health.breaker.state === "closed" && health.limiter.hasRoom && health.hedgeBudget.tryWithdraw();
  }

  #claim(lane: Lane): boolean {
    if (this.#winner) return this.#winner === lane;
    this.#winner = lane;
    this.#cancelTimer?.();
    for (const other of this.#lanes) if (other !== lane) other.controller.abort();
    return true;
  }

  #result(): Turn {
    const [first, second] = this.#lanes;
    const chosen = this.#winner ?? (first!.turn!.made ? first! : (second ?? first!));
    return chosen.turn!;
  }
}
