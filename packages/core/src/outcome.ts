import type { Outcome, RequestState, Usage } from "@armature/contracts";
import { validateJson } from "@armature/output";
import type { Task } from "./task.js";

/** What a request that has ended gives back. The value is made here, once, from the accepted candidate. */
export function outcomeOf<Value>(state: RequestState, task: Task): Outcome<Value> {
  const facts = {
    requestId: state.requestId,
    task: state.task,
    attempts: state.attempts,
    changes: state.changes,
    verdicts: state.verdicts,
    costs: state.costs,
    ...(state.cached && { cache: state.cached }),
    usage: totalUsage(state),
    costMicroUsd: totalCost(state),
    durationMs: state.ended?.durationMs ?? 0,
    degraded: state.degraded,
  };
  if (!state.failure && state.candidate) {
    const parsed = validateJson(state.candidate.json, task.output);
    if (parsed.status === "value") {
      return { ok: true, value: parsed.value as Value, route: answeringRoute(state), ...facts };
    }
  }
  const failure = state.failure ?? {
    code: "OUTPUT_INVALID",
    message: `Task "${state.task}" ended without a value that satisfies its output schema.`,
    retryable: true,
  };
  return { ok: false, failure, ...facts };
}

/** Micro-dollars over all attempts. */
export function totalCost(state: RequestState): number {
  return state.costs.reduce((sum, line) => sum + line.microUsd, 0);
}

function totalUsage(state: RequestState): Usage {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const { usage } of state.attempts) {
    inputTokens += usage?.inputTokens ?? 0;
    outputTokens += usage?.outputTokens ?? 0;
  }
  return { inputTokens, outputTokens };
}

function answeringRoute(state: RequestState): string {
  if (state.cached) return state.cached.route;
  return state.attempts.findLast((attempt) => attempt.result === "answered")?.route ?? "";
}
