import { randomUUID } from "node:crypto";
import { ArmatureError, type Feedback, type Journal, type RequestRecord } from "@armature/contracts";
import { applyContentPolicy } from "./content-policy.js";
import { aggregateRows } from "./record-aggregate.js";
import { satisfies, termsOf } from "./record-filter.js";
import { type RecordRow, recordOfOpening, recordRow, summaryOf } from "./record-row.js";

/** A journal that lives as long as its process: for tests, and for applications that want none. Nothing is durable. */
export function memoryJournal(): Journal & Required<Pick<Journal, "aggregate" | "feedback">> {
  // JSON texts, so that a record is what it was when it was written, whoever changes the object later.
  const texts = new Map<string, string>();
  const comments = new Map<string, Feedback[]>();
  const put = (record: RequestRecord) => texts.set(record.requestId, JSON.stringify(record));
  const read = (requestId: string): RequestRecord | undefined => {
    const text = texts.get(requestId);
    if (text === undefined) return undefined;
    const feedback = comments.get(requestId);
    return { ...(JSON.parse(text) as RequestRecord), ...(feedback && { feedback: [...feedback] }) };
  };
  const rows = () => Array.from(texts.values(), (text) => recordRow(JSON.parse(text) as RequestRecord, text.length));

  return {
    async open(opening) {
      const known = read(opening.requestId);
      if (known?.status === "finished") {
        const message = `The journal in memory has a finished record of request ${opening.requestId} already`;
        throw new ArmatureError("JOURNAL_UNAVAILABLE", message);
      }
      put(known ? { ...known, status: "open" } : recordOfOpening(opening));
    },

    async write({ feedback: _, ...record }) {
      put(record);
    },

    async read(requestId) {
      return read(requestId);
    },

    async find(filter) {
      const terms = termsOf(filter);
      return rows()
        .filter((row) => satisfies(row, terms))
        .sort(newestFirst)
        .slice(0, filter.limit ?? 100)
        .map(summaryOf);
    },

    async aggregate(query) {
      return aggregateRows(
        rows().filter((row) => row.status !== "open"),
        query,
      );
    },

    async feedback(requestId, feedback) {
      if (!texts.has(requestId)) return false;
      comments.set(requestId, [...(comments.get(requestId) ?? []), feedback]);
      return true;
    },

    async erase({ tenant, user, thread }) {
      const terms = termsOf({ tenant, ...(user !== undefined && { user }), ...(thread !== undefined && { thread }) });
      const hit = rows().filter((row) => satisfies(row, terms));
      for (const { request_id: requestId } of hit) {
        const { feedback, ...record } = applyContentPolicy(read(requestId)!, "none", randomUUID());
        put(record);
        if (feedback) comments.set(requestId, [...feedback]);
      }
      return { from: "journal", removed: { records: hit.length } };
    },
  };
}

function newestFirst(a: RecordRow, b: RecordRow): number {
  return b.accepted_at - a.accepted_at || (a.request_id < b.request_id ? 1 : -1);
}
