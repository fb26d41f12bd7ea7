import { initialRequestState, type RecordOpening, type RequestRecord } from "@armature/contracts";

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

/** The record of a request that has only been opened. */
export function recordOfOpening(opening: RecordOpening): RequestRecord {
  return { ...opening, status: "open", state: initialRequestState(opening, null), timings: [], result: null };
}
