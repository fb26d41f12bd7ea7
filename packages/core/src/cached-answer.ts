import type { Answer, CacheKey, CallParameters, RequestState } from "@armature/contracts";
import { totalCost } from "./outcome.js";
import { scrub } from "./scrub.js";
import type { Services } from "./services.js";
import { sha256 } from "./sha256.js";
import { aboutOf } from "./stages/route.js";
import type { Patch } from "./state.js";

/** The cached answer to what is about to be asked; nothing when the models have to be asked. */
export async function cachedAnswer(
  state: RequestState,
  services: Services,
  parameters: CallParameters,
): Promise<Patch | undefined> {
  const { runtime, task, caching } = services;
  // Re-asks and tool turns depend on what this request has been through.
  if (!runtime.cache || !task.task.cache || !caching || state.visits.call !== 1) return undefined;
  const key = keyOf(state, services, parameters);
  const found = await runtime.cache.find(key, services.context, (flight) => {
    services.errand = { key, flight };
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
    answer: scrub(state.answer!, trace.secrets),
    route: state.attempts.findLast(({ result }) => result === "answered")?.route ?? "",
    requestId: state.requestId,
    storedAt: runtime.clock.now(),
    costMicroUsd: totalCost(state),
  };
  const cache = runtime.cache!;
  errand.flight.land({ hit: { entry, similarity: 1 }, cache: cache.name });
  await cache.keep(errand.key, entry, services.context);
}

/** Lets those who wait go, as soon as an answer calls tools: what follows depends on more than the request, and is not kept. */
export function releaseWaiting({ toolCalls }: Answer, { errand }: Services): void {
  if (toolCalls.length > 0) errand?.flight.land("none");
}

function wasCutShort({ context }: Services): boolean {
  return context.signal.aborted || context.deadline.remainingMs() === 0;
}

function keyOf(state: RequestState, services: Services, parameters: CallParameters): CacheKey {
  const { route } = state.routing!.ladder[state.rung]!;
  const { provider, name } = services.runtime.models.get(route)!;
  const tenant = state.tenant ?? "";
  return {
    tenant,
    task: state.task,
    promptHash: services.task.promptHash,
    hash: sha256(JSON.stringify([tenant, provider, name, parameters, state.messages])),
    text: aboutOf(state.input, services),
  };
}

/** Where somebody watches it live, a cached answer comes in pieces like any other. */
function replayText(text: string, { listener }: Services): void {
  if (listener?.delivery !== "live") return;
  for (const piece of text.match(/\S+\s*|\s+/g) ?? [])
    listener.take({ type: "delta", attemptId: "cache", text: piece });
}
