import { createHash } from "node:crypto";
import type { RecordOpening, RequestRecord, RequestState } from "@armature/contracts";
import { digest } from "@armature/journal";
import { activeMs, type Services } from "./services.js";

/** Writes that the request has begun, before its first effect. Rejects with `JOURNAL_UNAVAILABLE`. */
export function openRecord(state: RequestState, services: Services): Promise<void> {
  return services.runtime.journal.open(opening(state, services));
}

function opening(state: RequestState, services: Services): RecordOpening {
  const { runtime, task } = services;
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
  return {
    ...pausedRecord(state, services),
    status: "finished",
    finishedAt: services.runtime.clock.now(),
    result: state.failure
      ? { ok: false, failure: state.failure }
      : { ok: true, value: state.candidate ? state.candidate.json : null },
  };
}

/** The record of a request that waits for a person, as far as it has come. */
export function pausedRecord(state: RequestState, services: Services): RequestRecord {
  return {
    ...opening(state, services),
    status: "paused",
    durationMs: activeMs(services),
    state,
    timings: [...services.timings],
    result: null,
  };
}

/** SHA-256 of a JSON text, hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
