import type { Journal, RecordFilter, RecordSummary, RequestRecord } from "@armature/contracts";
import { fakeState } from "./fake-record.js";

/** A journal in a map of JSON texts. It survives nothing. */
export function inMemoryJournal(): Journal {
  const texts = new Map<string, string>();
  const records = () => [...texts.values()].map((text) => JSON.parse(text) as RequestRecord);
  return {
    async open(opening) {
      const record: RequestRecord = {
        ...opening,
        status: "open",
        state: fakeState(opening),
        timings: [],
        result: null,
      };
      texts.set(opening.requestId, JSON.stringify(record));
    },
    async write(record) {
      texts.set(record.requestId, JSON.stringify(record));
    },
    async read(requestId) {
      const text = texts.get(requestId);
      return text === undefined ? undefined : (JSON.parse(text) as RequestRecord);
    },
    async find(filter) {
      return records()
        .map(summarise)
        .filter((summary) => passes(summary, filter))
        .sort((a, b) => b.acceptedAt - a.acceptedAt)
        .slice(0, filter.limit ?? 100);
    },
    async erase(scope) {
      const going = records().filter(
        (record) =>
          record.tenant === scope.tenant &&
          (scope.user === undefined || record.user === scope.user) &&
          (scope.thread === undefined || record.thread === scope.thread),
      );
      for (const record of going) {
        const { ended, costs } = record.state;
        const emptied: RequestRecord = { ...record, state: fakeState(record, { ended, costs }), result: null };
        texts.set(record.requestId, JSON.stringify(emptied));
      }
      return { from: "in-memory", removed: { records: going.length } };
    },
  };
}

function summarise(record: RequestRecord): RecordSummary {
  const { requestId, task, tenant, status, acceptedAt, durationMs, result } = record;
  return {
    requestId,
    task,
    ...(tenant !== undefined && { tenant }),
    status,
    ...(result?.ok === false && { failureCode: result.failure.code }),
    acceptedAt,
    ...(durationMs !== undefined && { durationMs }),
    costMicroUsd: record.state.costs.reduce((sum, line) => sum + line.microUsd, 0),
  };
}

function passes(summary: RecordSummary, filter: RecordFilter): boolean {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const equals = (["task", "tenant", "status", "failureCode"] as const).every(
    (field) => filter[field] === undefined || filter[field] === summary[field],
  );
  return equals && summary.acceptedAt >= since && summary.acceptedAt < until;
}
