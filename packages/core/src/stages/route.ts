import { type Headroom, priceOf, type SoftLimit } from "@armature/budget";
import {
  ArmatureError,
  type Failure,
  type JsonValue,
  type RequestState,
  type RouteCandidate,
  type RouteDecision,
  type RouteRequest,
  type Routing,
} from "@armature/contracts";
import { asJson } from "../content.js";
import { failure, isUnaffordable } from "../failure-of.js";
import { inputIssues } from "../input.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";
import { textOf } from "../task.js";

/** Checks the input against its schema and chooses the ladder of models. */
export async function route(state: RequestState, services: Services): Promise<Patch> {
  const invalid = checkInput(state, services);
  if (invalid) return { failure: invalid };
  const { microUsd, soft } = await roomOf(services);
  const decision = await decide(state, microUsd, services);
  // The fullest budget may only warn.
  const asking = soft.find(({ asks }) => asks === "downgrade");
  const routing = asking ? weakestFirst(decision, services, sayOf(asking)) : decision;
  return { routing, rung: 0, degraded: soft.map(sayOf) };
}

function sayOf({ scope, window, share }: SoftLimit): string {
  return `budget ${scope}/${window} is at ${Math.round(share * 100)}%`;
}

/** Only where somebody asks: a router, or a soft limit. Without an answer of the store the gate will refuse anyway. */
async function roomOf({ runtime, headroom }: Services): Promise<Headroom> {
  const nothing = { soft: [], shouldDowngrade: false };
  return runtime.router || runtime.hasSoftLimits ? headroom().catch(() => nothing) : nothing;
}

/** A budget that runs low asks for the weakest model first; what was chosen stays as its fallback. */
function weakestFirst(decision: RouteDecision, { task }: Services, reason: string): Routing {
  const route = task.task.models[0]!;
  const rest = decision.ladder.filter((rung) => rung.route !== route);
  const chosen = decision.ladder[0]!.route;
  return { ...decision, ladder: [{ route, reason }, ...rest], ...(chosen !== route && { downgradedFrom: chosen }) };
}

/** Why the input cannot be taken; nothing when it satisfies the task's schema. */
export function checkInput(state: RequestState, services: Services): Failure | undefined {
  const issues = inputIssues(services.task.task, state.input);
  if (issues.length === 0) return undefined;
  const fields = issues.map((issue) => issue.path.join(".") || "(the whole input)").join(", ");
  return failure("INPUT_INVALID", `The input does not satisfy its schema at: ${fields}.`, { issues });
}

/** What a request is about, in words. */
export function aboutOf(input: JsonValue, services: Services): string {
  const { about, input: schema } = services.task.task;
  return about ? about(schema.parse(input)) : textOf(input);
}

function candidate(name: string, { runtime }: Services): RouteCandidate {
  const model = runtime.models.get(name)!;
  const price = priceOf(model.provider, model.name, runtime.prices);
  return {
    route: name,
    model: model.name,
    capabilities: model.capabilities,
    // A thousand tokens at a dollar for a million cost a thousand micro-dollars.
    ...(price && { price: { inputMicroUsd: price.input.base * 1_000, outputMicroUsd: price.output.base * 1_000 } }),
    breaker: runtime.health.state(name),
  };
}

async function decide(
  { input }: RequestState,
  headroomMicroUsd: number | undefined,
  services: Services,
): Promise<RouteDecision> {
  const { router } = services.runtime;
  const { models } = services.task.task;
  if (!router) return inOrder(models);
  const request: RouteRequest = {
    input,
    text: aboutOf(input, services),
    candidates: models.map((name) => candidate(name, services)),
    ...(headroomMicroUsd !== undefined && { headroomMicroUsd }),
  };
  let decision: RouteDecision;
  try {
    decision = asJson(await router.route(request, services.context)) as unknown as RouteDecision;
  } catch (cause) {
    if (isUnaffordable(cause)) throw cause;
    throw new ArmatureError("PLUGIN_FAILED", `Router "${router.name}" failed.`, { plugin: router.name, cause });
  }
  const known = new Set(models);
  const ladder = Array.isArray(decision?.ladder) ? decision.ladder : [];
  const wrong = ladder.findIndex((rung) => !known.has(rung?.route));
  if (ladder.length === 0 || wrong !== -1) {
    const what = wrong === -1 ? "no model" : `the model "${ladder[wrong]?.route}", which the task does not allow`;
    throw new ArmatureError("PLUGIN_FAILED", `Router "${router.name}" chose ${what}.`, { plugin: router.name });
  }
  return decision;
}

function inOrder(models: readonly string[]): RouteDecision {
  const reason = "the task's own order";
  return {
    ladder: models.map((route) => ({ route, reason })),
    scores: models.map((route, index) => ({ route, score: models.length - index, reason })),
  };
}
