import type { RequestState } from "@armature/contracts";
import { callModel } from "@armature/resilience";
import { callPlan } from "../call-plan.js";
import type { Services } from "../services.js";
import { callServices } from "../session.js";
import type { Patch } from "../state.js";

/** Asks the models of the ladder, from the present rung on, until one answers. */
export async function call(state: RequestState, services: Services): Promise<Patch> {
  const { runtime, task, listener } = services;
  const result = await callModel(
    callPlan(state, services, {
      ladder: state.routing!.ladder.map(({ route }) => ({ route, model: runtime.models.get(route)! })),
      startRung: state.rung,
      messages: state.messages,
      stage: "call",
      parameters: {
        ...state.rendering?.parameters,
        maxOutputTokens: state.rendering?.parameters.maxOutputTokens ?? task.task.limits.maxOutputTokens,
        ...(task.toolSpecs.length > 0 && { tools: task.toolSpecs }),
        ...(task.responseSchema && { responseSchema: { name: task.task.name, schema: task.responseSchema } }),
      },
      ...(listener && {
        delivery: listener.delivery,
        mayRestart: true,
        on: (event) => listener.take(event),
      }),
    }),
    callServices(services),
  );
  const spent = { attempts: result.attempts, costs: result.costs, rung: result.rung };
  return result.ok ? { ...spent, answer: result.answer } : { ...spent, failure: { ...result.failure, stage: "call" } };
}
