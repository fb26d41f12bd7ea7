import { createHash } from "node:crypto";
import type { RecordOpening, Replayability, RequestRecord, RequestState } from "@armature/contracts";
import { digest } from "@armature/journal";
import type { PreparedTask } from "./prepared-task.js";
import { scrub } from "./scrub.js";
import { activeMs, type Runtime, type Services } from "./services.js";

/** What is known of a request when it is accepted. The digest is that of the input as it came, before any guard. */
export function openingOf(state: RequestState, runtime: Runtime, task: PreparedTask): RecordOpening {
  return {
    version: 1,
    requestId: state.requestId,
    task: state.task,
    ...(state.tenant !== null && { tenant: state.tenant }),
    ...(state.user !== null && { user: state.user }),
    ...(state.thread !== null && { thread: state.thread }),
    acceptedAt: state.acceptedAt,
    input: digest(state.input, state.requestId),
    hashes: { task: task.hash, config: runtime.configHash },
    plugins: runtime.plugins,
  };
}

/** The record of a request that ends in `state`. */
export function closingRecord(state: RequestState, services: Services): RequestRecord {
  const record = pausedRecord(state, services);
  const { failure, candidate } = record.state;
  return {
    ...record,
    status: "finished",
    finishedAt: services.runtime.clock.now(),
    replay: replayability(state),
    result: failure ? { ok: false, failure } : { ok: true, value: candidate ? candidate.json : null },
  };
}

/** The record of a request that waits for a person, as far as it has come. */
export function pausedRecord(state: RequestState, services: Services): RequestRecord {
  const { opening, timings, validations, tools, redactions, effects, secrets } = services.trace;
  const record: RequestRecord = {
    ...opening,
    status: "paused",
    durationMs: activeMs(services),
    state,
    timings: [...timings],
    ...(validations.length > 0 && { validations: [...validations] }),
    ...(tools.length > 0 && { tools: [...tools] }),
    ...(redactions.length > 0 && { redactions: [...redactions] }),
    effects: [...effects],
    ...(state.cached && { cache: state.cached }),
    result: null,
  };
  return scrub(record, secrets);
}

function replayability(state: RequestState): Replayability {
  const why = state.visits.route ? [] : ["It was refused before its first stage, so there is nothing to run again."];
  if (state.visits.route && state.input === null) why.push("A guard blocked the input, which is therefore not kept.");
  return { replayable: why.length === 0, why };
}

/** SHA-256 of a JSON text, hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
