import type { Deadline } from "@armature/contracts";
import type { CallPlan, CallServices } from "./call-plan.js";

/** The share of the time left that an attempt may take while another route could still answer after it. */
const SHARE_WITH_FALLBACK = 2 / 3;

/** How long the next attempt may take: what the policy allows, never past the deadline, never the fallback's time. */
export function attemptTimeoutMs(plan: CallPlan, { deadline }: CallServices, rung: number): number {
  const left = deadline.remainingMs();
  const share = rung < plan.ladder.length - 1 ? Math.ceil(left * SHARE_WITH_FALLBACK) : left;
  return Math.min(plan.policy.attemptTimeoutMs, share);
}

/** Node's timers may fire a millisecond early by the clock: what is left then is no time for another attempt. */
const TIMER_SLACK_MS = 1;

export function isOver(deadline: Deadline): boolean {
  return deadline.remainingMs() <= TIMER_SLACK_MS;
}
