import { isDeepStrictEqual } from "node:util";
import type { NodeTrace, RecordOpening, RequestRecord, RequestState } from "@armature/contracts";
import { activeTrace, applyContentPolicy, digest } from "@armature/journal";
import type { PreparedTask } from "./prepared-task.js";
import { scrub } from "./scrub.js";
import { activeMs, type Runtime, type Services } from "./services.js";
import { jsonCopy } from "./state.js";

/** What is known of a request when it is accepted. The digest is that of the input as it came, before any guard. */
export function openingOf(
  state: RequestState,
  runtime: Runtime,
  task: PreparedTask,
  nodes: readonly NodeTrace[],
): RecordOpening {
  return {
    version: 1,
    requestId: state.requestId,
    task: state.task,
    ...(state.tenant !== null && { tenant: state.tenant }),
    ...(state.user !== null && { user: state.user }),
    ...(state.thread !== null && { thread: state.thread }),
    ...activeTrace(),
    acceptedAt: state.acceptedAt,
    input: digest(state.input, saltOf(state.requestId, runtime)),
    hashes: { task: task.hash, ...runtime.hashes },
    plugins: runtime.plugins,
    ...(nodes.length > 0 && { nodes }),
  };
}

/** The record of a request that ends in `state`. */
export function closingRecord(state: RequestState, services: Services): RequestRecord {
  const record = scrubbedRecord(state, services);
  const { failure, candidate } = record.state;
  const kept = withinPolicy(
    {
      ...record,
      status: "finished",
      finishedAt: services.runtime.clock.now(),
      result: failure ? { ok: false, failure } : { ok: true, value: candidate ? candidate.json : null },
    },
    services,
  );
  const why = [...whyUnreplayable(state), ...(kept.replay?.why ?? [])];
  return { ...kept, replay: { replayable: why.length === 0, why } };
}

/** The record of a request that waits for a person, as far as it has come. */
export function pausedRecord(state: RequestState, services: Services): RequestRecord {
  return withinPolicy(scrubbedRecord(state, services), services);
}

/**
 * Whether the state in which a request is resumed is the one on record. It is not where somebody has changed it, or where
 * the process died with a part of the way that was never recorded. A record without full content cannot tell.
 */
export function isAsRecorded(state: RequestState, earlier: RequestRecord | undefined, services: Services): boolean {
  if (!earlier || earlier.replay?.why.includes(BROKEN)) return false;
  if (earlier.digests) return true;
  return isDeepStrictEqual(jsonCopy(pausedRecord(state, services).state), jsonCopy(earlier.state));
}

function withinPolicy(record: RequestRecord, { runtime }: Services): RequestRecord {
  return applyContentPolicy(record, runtime.content, saltOf(record.requestId, runtime));
}

// Of the request too: equal contents of different requests cannot be told from their hashes.
function saltOf(requestId: string, { salt }: Runtime): string {
  return `${salt} ${requestId}`;
}

function scrubbedRecord(state: RequestState, services: Services): RequestRecord {
  const { opening, timings, validations, tools, redactions, effects, withheld, isUnbroken } = services.trace;
  const record: RequestRecord = {
    ...opening,
    status: "paused",
    durationMs: activeMs(services),
    state: state.withheld.length > 0 ? { ...state, withheld: [] } : state,
    timings: [...timings],
    ...(validations.length > 0 && { validations: [...validations] }),
    ...(tools.length > 0 && { tools: [...tools] }),
    ...(redactions.length > 0 && { redactions: [...redactions] }),
    effects: [...effects],
    ...(!isUnbroken && { replay: { replayable: false, why: [BROKEN] } }),
    ...(state.cached && { cache: state.cached }),
    result: null,
  };
  return scrub(record, withheld);
}

const BROKEN = "Its state was not the one on record when it was resumed: it was changed, or a process had died.";

function whyUnreplayable(state: RequestState): string[] {
  if (!state.visits.route) return ["It was refused before its first stage, so there is nothing to run again."];
  return state.input === null ? ["A guard blocked the input, which is therefore not kept."] : [];
}
