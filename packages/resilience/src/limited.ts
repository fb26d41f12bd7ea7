import type { AttemptReport } from "./attempt.js";
import type { CallContext } from "./call-context.js";
import type { ClassifiedFault } from "./fault.js";
import type { Latencies } from "./latencies.js";
import { type Order, refused, type Step, type Turn } from "./turn.js";

/** The limiter's place among the policies: an order gets a place, or is turned away before it costs anything. */
export function limited(call: CallContext, step: Step): Step {
  return async (order: Order): Promise<Turn> => {
    const health = call.healthOf(order.rung);
    if (!health) return step(order);
    const { deadline, signal } = call.services;
    const entered = health.limiter.enter(deadline, signal);
    const place = entered instanceof Promise ? await entered : entered;
    if (place === undefined) return refused(call.ended() ?? call.fail("CANCELLED"));
    if ("retryAfterMs" in place) return { made: false, obstacle: { kind: "shed", retryAfterMs: place.retryAfterMs } };
    let how: Parameters<typeof place.end>[0] = "unclear";
    try {
      const turn = await step(order);
      if (turn.made) {
        const { fault } = turn.report;
        if (!fault) how = "answered";
        else if (isOverload(fault)) how = "overloaded";
        measure(call.latencies(health), order, turn.report);
      }
      return turn;
    } finally {
      place.end(how);
    }
  };
}

/**
 * One latency for each first attempt. That of one which lost to its hedge is at least what it has waited; left out, it
 * would make the route look faster than it is.
 */
function measure(latencies: Latencies, { why, signal }: Order, { attempt, fault }: AttemptReport): void {
  if (why === "hedge" || (fault && !signal?.aborted)) return;
  latencies.add(attempt.firstTokenMs ?? attempt.latencyMs);
}

const OVERLOADS = new Set(["rate_limit", "overloaded", "attempt_timeout", "first_token_timeout", "deadline"]);

function isOverload({ fault }: ClassifiedFault): boolean {
  return OVERLOADS.has(fault.kind);
}
