import {
  ArmatureError,
  type Journal,
  type RecordFilter,
  type RecordSummary,
  type RequestRecord,
} from "@armature/contracts";
import { erasedRecord } from "./erased-record.js";
import { costOfRecord, failureCodeOf, recordOfOpening } from "./record-columns.js";

/** A journal that lives as long as its process: for tests, and for applications that want none. Nothing is durable. */
export function memoryJournal(): Journal {
  // JSON texts, so that a record is what it was when it was written, whoever changes the object later.
  const records = new Map<string, string>();
  const read = (requestId: string): RequestRecord | undefined => {
    const text = records.get(requestId);
    return text === undefined ? undefined : (JSON.parse(text) as RequestRecord);
  };
  const all = () => [...records.values()].map((text) => JSON.parse(text) as RequestRecord);

  return {
    async open(opening) {
      const known = read(opening.requestId);
      if (known?.status === "finished") {
        const message = `The journal in memory has a finished record of request ${opening.requestId} already`;
        throw new ArmatureError("JOURNAL_UNAVAILABLE", message);
      }
      const record: RequestRecord = known ? { ...known, status: "open" } : recordOfOpening(opening);
      records.set(opening.requestId, JSON.stringify(record));
    },

    async write(record) {
      records.set(record.requestId, JSON.stringify(record));
    },

    async read(requestId) {
      return read(requestId);
    },

    async find(filter) {
      return all()
        .filter((record) => matches(record, filter))
        .sort((a, b) => b.acceptedAt - a.acceptedAt || (a.requestId < b.requestId ? 1 : -1))
        .slice(0, filter.limit ?? 100)
        .map(toSummary);
    },

    async erase({ tenant, user, thread }) {
      const hit = all().filter(
        (record) =>
          record.tenant === tenant &&
          (user === undefined || record.user === user) &&
          (thread === undefined || record.thread === thread),
      );
      for (const record of hit) records.set(record.requestId, JSON.stringify(erasedRecord(record)));
      return { from: "journal", removed: { records: hit.length } };
    },
  };
}

function matches(record: RequestRecord, filter: RecordFilter): boolean {
  return (
    (filter.task === undefined || record.task === filter.task) &&
    (filter.tenant === undefined || record.tenant === filter.tenant) &&
    (filter.status === undefined || record.status === filter.status) &&
    (filter.failureCode === undefined || failureCodeOf(record) === filter.failureCode) &&
    (filter.since === undefined || record.acceptedAt >= filter.since) &&
    (filter.until === undefined || record.acceptedAt < filter.until)
  );
}

function toSummary(record: RequestRecord): RecordSummary {
  const failureCode = failureCodeOf(record);
  return {
    requestId: record.requestId,
    task: record.task,
    ...(record.tenant !== undefined && { tenant: record.tenant }),
    status: record.status,
    ...(failureCode !== null && { failureCode }),
    acceptedAt: record.acceptedAt,
    ...(record.durationMs !== undefined && { durationMs: record.durationMs }),
    costMicroUsd: costOfRecord(record),
  };
}
