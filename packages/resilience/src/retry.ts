import { type Failure, type Random, sleep } from "@armature/contracts";
import type { CallContext } from "./call-context.js";
import type { ClassifiedFault } from "./fault.js";
import type { Backoff } from "./policy.js";
import type { Obstacle, Order, Step } from "./turn.js";

/** How the attempts on one route ended. */
export type RouteEnd =
  | { readonly kind: "answered" }
  /** `mayReturn`: the route has attempts left, should no other answer. `notBefore`: epoch milliseconds. */
  | {
      readonly kind: "failed";
      readonly fault: ClassifiedFault;
      readonly mayReturn: boolean;
      readonly notBefore: number;
    }
  | Obstacle;

/** How often each route was tried, by its place on the ladder. */
export type Tries = Map<number, number>;

/** Tries one route until it answers, its retries are used up, or there is no sense in waiting for it. */
export async function retried(call: CallContext, step: Step, start: Order, tries: Tries): Promise<RouteEnd> {
  const { policy } = call.plan;
  const { clock, random, deadline, signal } = call.services;
  let order = start;
  for (;;) {
    const ended = call.ended();
    if (ended) return { kind: "refused", failure: ended };
    const turn = await step(order);
    if (!turn.made) return turn.obstacle;
    const { fault } = turn.report;
    if (!fault) return { kind: "answered" };
    call.failedAt(order.rung, fault);
    if (call.live) call.live.reason = fault.fault.kind;
    const failure = finalFailure(call, fault);
    if (failure) return { kind: "refused", failure };
    order = { ...order, why: "retry" };
    if (fault.disposition === "anew") continue;

    const tried = (tries.get(order.rung) ?? 0) + 1;
    tries.set(order.rung, tried);
    const mayReturn = tried <= policy.retries && (fault.disposition === "retry" || fault.disposition === "leave");
    // Callers that were told the same moment do not come back at the same moment.
    const waitMs = (fault.fault.retryAfterMs ?? 0) + backoffMs(policy.backoff, tried, random);
    const left = { kind: "failed", fault, mayReturn, notBefore: clock.now() + waitMs } as const;
    if (!mayReturn || fault.disposition === "leave" || waitMs >= deadline.remainingMs()) return left;
    if (call.ledger.room <= 0) return { kind: "refused", failure: call.fail("ATTEMPTS_EXHAUSTED") };
    if (call.healthOf(order.rung)?.retryBudget.tryWithdraw() === false) return left;
    await sleep(clock, waitMs, signal).catch(() => undefined);
  }
}

/** What the fault ends, where it ends the whole call. */
function finalFailure(call: CallContext, { disposition, fault }: ClassifiedFault): Failure | undefined {
  if (disposition === "stop") return call.fail(fault.code);
  if (disposition === "cancelled") return call.ended() ?? call.fail("CANCELLED");
  return undefined;
}

/**
 * The wait before retry number `retry` (1 for the first), with full jitter: uniform between 0 and the doubled base,
 * so that callers who failed together do not come back together (M. Brooker, "Exponential Backoff And Jitter").
 */
export function backoffMs({ baseMs, maxMs }: Backoff, retry: number, random: Random): number {
  return Math.floor(random.next() * Math.min(maxMs, baseMs * 2 ** (retry - 1)));
}
