import type { RequestState } from "@armature/contracts";
import type { CallPlan } from "@armature/resilience";
import type { Services } from "./services.js";

type Asked = Pick<
  CallPlan,
  "ladder" | "startRung" | "messages" | "parameters" | "stage" | "delivery" | "mayRestart" | "on"
>;

/** The longest silence of a stream, before its first token and after it. Milliseconds. */
const FIRST_TOKEN_MS = 15_000;
const IDLE_MS = 10_000;

/** A call under the limits of the task and what the request has already used of them. */
export function callPlan(state: RequestState, { task, made }: Services, asked: Asked): CallPlan {
  const { limits } = task.task;
  return {
    ...asked,
    minOutputTokens: Math.min(limits.minOutputTokens, asked.parameters.maxOutputTokens),
    policy: {
      attemptTimeoutMs: limits.attemptTimeoutMs,
      // A connection has the ten seconds of Node's fetch. Watching for less takes an asynchronous context around each
      // attempt, which costs a request a tenth of its CPU.
      firstTokenTimeoutMs: Math.min(FIRST_TOKEN_MS, limits.attemptTimeoutMs),
      idleTimeoutMs: Math.min(IDLE_MS, limits.attemptTimeoutMs),
      retries: limits.retries,
      backoff: { baseMs: 200, maxMs: 5_000 },
      maxAttempts: Math.max(0, limits.attempts - made.attempts),
    },
    visit: state.visits[asked.stage] ?? 1,
    firstNumber: made.attempts + 1,
  };
}
