import { initialRequestState, type RecordOpening, type RequestRecord } from "@armature/contracts";

export function openingOf(requestId: string, more: Partial<RecordOpening> = {}): RecordOpening {
  return {
    version: 1,
    requestId,
    task: "triage",
    acceptedAt: 1_769_817_600_000,
    input: { hash: "0".repeat(64), bytes: 12 },
    hashes: { task: "t", config: "c" },
    plugins: [],
    ...more,
  };
}

export function recordOf(requestId: string, more: Partial<RequestRecord> = {}): RequestRecord {
  const opening = openingOf(requestId, more);
  return {
    ...opening,
    status: "finished",
    finishedAt: opening.acceptedAt + 840,
    durationMs: 840,
    state: initialRequestState(opening, null),
    timings: [],
    result: { ok: true, value: { category: "bug" } },
    ...more,
  };
}
