import type { Permit } from "./breaker.js";
import type { CallContext } from "./call-context.js";
import type { Order, Step, Turn } from "./turn.js";

/** The breaker's place among the policies: lets an order pass or bars it, and learns from how it ended. */
export function guarded(call: CallContext, step: Step): Step {
  return async (order: Order): Promise<Turn> => {
    const health = call.healthOf(order.rung);
    if (!health) return step(order);
    const permit = health.breaker.pass();
    if (!permit) return { made: false, obstacle: { kind: "barred" } };
    if (order.why !== "retry" && order.why !== "hedge") {
      health.retryBudget.deposit();
      health.hedgeBudget.deposit();
    }
    let turn: Turn;
    try {
      turn = await step(order);
    } catch (error) {
      permit.gaveUp();
      throw error;
    }
    report(permit, turn);
    return turn;
  };
}

function report(permit: Permit, turn: Turn): void {
  const fault = turn.made ? turn.report.fault : undefined;
  if (!turn.made || fault?.disposition === "cancelled") permit.gaveUp();
  else if (fault?.fault.code === "DEADLINE_EXCEEDED") permit.failed();
  // What the provider refuses or what only disagrees with earlier text says that the route works.
  else if (fault?.fault.code === "PROVIDER_UNAVAILABLE" && fault.fault.kind !== "diverged") {
    permit.failed(fault.fault.retryAfterMs);
  } else permit.succeeded();
}
