import { type CallParameters, describeCause, type RequestState } from "@armature/contracts";
import type { CallPlan } from "@armature/resilience";
import { cachedAnswer, releaseWaiting } from "../cached-answer.js";
import { callPlan } from "../call-plan.js";
import { hasGuards } from "../guards.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";

/** Looks the answer up, or asks the models of the ladder, from the present rung on, until one answers. */
export async function call(state: RequestState, services: Services): Promise<Patch> {
  const { runtime, task, listener } = services;
  const parameters: CallParameters = {
    ...state.rendering?.parameters,
    maxOutputTokens: state.rendering?.parameters.maxOutputTokens ?? task.task.limits.maxOutputTokens,
    ...(task.toolSpecs.length > 0 && { tools: task.toolSpecs }),
    ...(task.responseSchema && { responseSchema: { name: task.task.name, schema: task.responseSchema } }),
    ...(state.rendering?.stablePrefix && { stablePrefix: state.rendering.stablePrefix }),
  };
  const plan = callPlan(state, services, {
    ladder: state.routing!.ladder.map(({ route }) => ({ route, model: runtime.models.get(route)! })),
    startRung: state.rung,
    messages: state.messages,
    stage: "call",
    parameters,
    ...(listener && {
      delivery: listener.delivery,
      mayRestart: true,
      on: (event) => listener.take(event),
    }),
  });
  const known = await lookUp(state, services, plan);
  if (known.answer) return known;
  // What a guard has not seen is not shown.
  if (!hasGuards("tool", runtime)) listener?.take({ type: "offer", tools: task.tools });
  const result = await services.ask(plan);
  if (result.ok) releaseWaiting(result.answer, services);
  const spent = {
    attempts: result.attempts,
    costs: result.costs,
    rung: result.rung,
    degraded: [...(known.degraded ?? []), ...(result.degraded ?? [])],
    cached: null,
  };
  return result.ok ? { ...spent, answer: result.answer } : { ...spent, failure: { ...result.failure, stage: "call" } };
}

/** A cache that fails is no reason to fail: the models are asked. */
async function lookUp(state: RequestState, services: Services, plan: CallPlan): Promise<Patch> {
  try {
    return (await cachedAnswer(state, services, plan)) ?? {};
  } catch (thrown) {
    if (services.context.signal.aborted) throw thrown;
    return { degraded: [`cache: ${describeCause(thrown)?.message ?? "failed"}`] };
  }
}
