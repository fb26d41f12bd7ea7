import { ArmatureError } from "@armature/contracts";
import { makeAttempt } from "./attempt.js";
import { CallContext } from "./call-context.js";
import type { CallPlan, CallResult, CallServices } from "./call-plan.js";
import { fallback } from "./fallback.js";
import { guarded } from "./guarded.js";
import { hedged } from "./hedge.js";
import { limited } from "./limited.js";
import { toLangChain } from "./messages.js";
import { retried, type Tries } from "./retry.js";
import type { Order, Step } from "./turn.js";

/**
 * Gets one answer out of a ladder of models that misbehave: attempts in time, retries, fallbacks, each attempt held
 * and paid. It never throws: what goes wrong is the `failure` of its result.
 */
export function callModel(plan: CallPlan, services: CallServices): Promise<CallResult> {
  return runCall(new CallContext(plan, services, toLangChain(plan.messages)));
}

/**
 * The policies around an attempt. Their order is fixed, from the outermost (a cache stands before all of them):
 *
 *     fallback → retry → hedge → breaker → limiter → hold → attempt timeout
 *
 * So a retry is held and limited anew, a hedge never waits for a place, a barred route holds no money, and time spent in
 * the queue is not the attempt's.
 */
export async function runCall(call: CallContext): Promise<CallResult> {
  const { attempts, costs, degraded } = call.ledger;
  const attempt: Step = (order) => makeAttempt(call, order);
  const step = hedged(call, guarded(call, limited(call, attempt)));
  const tries: Tries = new Map();
  const onRoute = (order: Order) => retried(call, step, order, tries);
  const failure = await fallback(call, onRoute).catch((cause: unknown) => {
    // A clock, a gate or a listener of the caller's broke its own contract.
    const message = "The call broke on one of its services: its clock, gate or listener threw.";
    return new ArmatureError("STAGE_FAILED", message, { stage: call.plan.stage, cause }).toFailure();
  });
  const facts = { rung: call.rung, attempts, costs, ...(degraded.length > 0 && { degraded }) };
  if (failure) return { ok: false, failure, ...facts };
  return { ok: true, answer: attempts.findLast(({ result }) => result === "answered")!.answer!, ...facts };
}
