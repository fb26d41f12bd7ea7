import type { RecordOpening, RequestRecord, RequestState } from "@armature/contracts";

/** What the record cost, in micro-dollars. */
export function costOfRecord(record: RequestRecord): number {
  let sum = 0;
  for (const line of record.state.costs) sum += line.microUsd;
  return sum;
}

/** The code that the request ended in, `null` for a value or while it runs. */
export function failureCodeOf(record: RequestRecord): string | null {
  return record.result && !record.result.ok ? record.result.failure.code : null;
}

/** The state of a request of which only the opening is known. */
export function emptyState(opening: RecordOpening): RequestState {
  return {
    requestId: opening.requestId,
    task: opening.task,
    tenant: opening.tenant ?? null,
    user: opening.user ?? null,
    thread: opening.thread ?? null,
    acceptedAt: opening.acceptedAt,
    input: null,
    route: null,
    rung: 0,
    retrieval: null,
    prompt: null,
    messages: [],
    answer: null,
    candidate: null,
    issues: [],
    rejection: null,
    reasks: 0,
    toolTurns: 0,
    visits: {},
    attempts: [],
    changes: [],
    verdicts: [],
    costs: [],
    degraded: [],
    failure: null,
    ended: null,
  };
}

/** The record of a request that has only been opened. */
export function recordOfOpening(opening: RecordOpening): RequestRecord {
  return { ...opening, status: "open", state: emptyState(opening), timings: [], result: null };
}
