import type { Answer, CacheKey, JsonValue, RequestState } from "@armature/contracts";
import { type CallPlan, isCapable } from "@armature/resilience";
import { totalCost } from "./outcome.js";
import { scrub } from "./scrub.js";
import type { Services } from "./services.js";
import { sha256 } from "./sha256.js";
import { aboutOf } from "./stages/route.js";
import { parseAnswer } from "./stages/validate.js";
import type { Patch } from "./state.js";

/** The cached answer to what is about to be asked; nothing when the models have to be asked. */
export async function cachedAnswer(
  state: RequestState,
  services: Services,
  plan: CallPlan,
): Promise<Patch | undefined> {
  const { runtime, task, caching } = services;
  // Re-asks and tool turns depend on what this request has been through.
  if (!runtime.cache || !task.task.cache || !caching || state.visits.call !== 1) return undefined;
  const keyOf = keysFor(state, services, plan);
  const keys = routesOf(state, services, plan).map(keyOf);
  const found = await runtime.cache.find(keys, services.context, {
    // What was right for an earlier request need not be for this one; then the models are asked as if nothing were known.
    accepts: ({ entry }) => parseAnswer(entry.answer, state.input, task.task).status === "value",
    takeOff: (flight) => {
      services.errand = { keyOf, route: keys.at(-1)!.route, flight };
    },
  });
  if (!found) return undefined;
  const { entry, similarity } = found.hit;
  replayText(entry.answer.text, services);
  return {
    answer: entry.answer,
    cached: {
      cache: found.cache,
      originRequestId: entry.requestId,
      ageMs: Math.max(0, runtime.clock.now() - entry.storedAt),
      savedMicroUsd: entry.costMicroUsd,
      similarity,
      route: entry.route,
    },
  };
}

/** Gives what was accepted to those who wait for it, and to the cache for later requests. */
export async function keepAnswer(state: RequestState, services: Services): Promise<void> {
  const { errand, runtime, trace } = services;
  if (!errand || state.cached) return;
  const isKept = !state.failure && state.candidate && state.answer && state.toolTurns === 0;
  if (!isKept) return errand.flight.land(wasCutShort(services) ? "handed-over" : "none");
  const entry = {
    // What a guard took out of the value must not stay in the cache; guards see every hit again.
    answer: scrub(state.answer!, trace.withheld),
    route: answeredCalls(state).at(-1)?.route ?? "",
    requestId: state.requestId,
    storedAt: runtime.clock.now(),
    costMicroUsd: totalCost(state),
  };
  const cache = runtime.cache!;
  // Those who wait would have met the same fault.
  errand.flight.land({ hit: { entry, similarity: 1 }, cache: cache.name });
  const route = standIn(state, errand.route) ?? errand.route;
  await cache.keep(errand.keyOf(route), entry, services.context);
}

/** Lets those who wait go, as soon as an answer calls tools: what follows depends on more than the request, and is not kept. */
export function releaseWaiting({ toolCalls }: Answer, { errand }: Services): void {
  if (toolCalls.length > 0) errand?.flight.land("none");
}

function wasCutShort({ context }: Services): boolean {
  return context.signal.aborted || context.deadline.remainingMs() === 0;
}

/**
 * Whose answers serve this request, the best first and the model that is asked last: what a budget has put off, what an
 * open breaker bars, and the first that is to be asked. All but the last cost nothing but a look.
 */
function routesOf({ routing }: RequestState, { runtime }: Services, plan: CallPlan): string[] {
  const able = plan.ladder.slice(plan.startRung).filter((rung) => isCapable(plan, rung));
  const routes = (able.length > 0 ? able : plan.ladder.slice(plan.startRung)).map(({ route }) => route);
  const open = routes.findIndex((route) => runtime.health.state(route) !== "open");
  const asked = routes.slice(0, Math.max(0, open) + 1);
  const putOff = routing!.downgradedFrom;
  return putOff === undefined || asked.includes(putOff) ? asked : [putOff, ...asked];
}

/** A key for each route: one model name may stand for several servers or settings, and each of them has its own route. */
function keysFor(state: RequestState, services: Services, { parameters }: CallPlan): (route: string) => CacheKey {
  const tenant = state.tenant ?? "";
  const text = cacheTextOf(state, services);
  return (route) => {
    const { provider, name } = services.runtime.models.get(route)!;
    return {
      tenant,
      task: state.task,
      promptHash: services.task.promptHash,
      route,
      hash: sha256(JSON.stringify([tenant, route, provider, name, parameters, state.messages])),
      text,
    };
  };
}

/**
 * What nearness is measured by. The input's numbers and switches stand in it too: they change an answer as words do, and
 * requests that differ in them would look equal. Where the task says itself what a request is about, that is all.
 */
function cacheTextOf({ input }: RequestState, services: Services): string {
  const about = aboutOf(input, services);
  return services.task.task.about ? about : [about, ...figuresOf(input)].filter(Boolean).join("\n");
}

function figuresOf(value: JsonValue, name = ""): string[] {
  if (typeof value === "number" || typeof value === "boolean") return [`${name}: ${value}`];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, part]) => figuresOf(part, Array.isArray(value) ? name : key));
}

/**
 * The route that a passing fault has put in the place of the one that was asked: its answers stand under its own name,
 * so that they are not served as the other's when the fault has passed. A prompt that is too long stays too long.
 */
function standIn(state: RequestState, asked: string): string | undefined {
  const first = answeredCalls(state)[0];
  if (!first || first.route === asked) return undefined;
  const before = state.attempts.slice(0, state.attempts.indexOf(first)).filter(isOfCall);
  const stays = before.length > 0 && before.every(({ fault }) => fault?.code === "CONTEXT_TOO_LONG");
  return stays ? undefined : first.route;
}

function answeredCalls({ attempts }: RequestState) {
  return attempts.filter((attempt) => isOfCall(attempt) && attempt.result === "answered");
}

/** Plugins ask models too, guards after the answer. */
function isOfCall({ stage }: RequestState["attempts"][number]): boolean {
  return stage === "call";
}

/** Where somebody watches it live, a cached answer comes in pieces like any other. */
function replayText(text: string, { listener }: Services): void {
  if (listener?.delivery !== "live") return;
  for (const piece of text.match(/\S+\s*|\s+/g) ?? [])
    listener.take({ type: "delta", attemptId: "cache", text: piece });
}
