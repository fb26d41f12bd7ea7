import type { RequestState } from "@armature/contracts";
import type { CallPlan } from "@armature/resilience";
import type { Services } from "./services.js";

type Asked = Pick<
  CallPlan,
  "ladder" | "startRung" | "messages" | "parameters" | "stage" | "delivery" | "mayRestart" | "on"
>;

/** A call under the limits of the task and what the request has already used of them. */
export function callPlan(state: RequestState, { task }: Services, asked: Asked): CallPlan {
  const { limits } = task.task;
  return {
    ...asked,
    minOutputTokens: Math.min(limits.minOutputTokens, asked.parameters.maxOutputTokens),
    policy: {
      attemptTimeoutMs: limits.attemptTimeoutMs,
      firstTokenTimeoutMs: limits.attemptTimeoutMs,
      idleTimeoutMs: limits.attemptTimeoutMs,
      retries: limits.retries,
      backoff: { baseMs: 200, maxMs: 5_000 },
      maxAttempts: Math.max(0, limits.attempts - state.attempts.length),
    },
    visit: state.visits[asked.stage] ?? 1,
    firstNumber: state.attempts.length + 1,
  };
}
