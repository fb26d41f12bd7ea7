import type { RecordSink } from "@armature/contracts";
import { cut, milliseconds, usd } from "./explain-format.js";
import { costOfRecord } from "./record-row.js";

/** Prints one line a record: when, what, whose, how it ended, how long it took and what it cost. No content. */
export function consoleSink(print: (line: string) => void = console.log): RecordSink {
  return {
    name: "console",
    write(record) {
      const { requestId, task, tenant, acceptedAt, durationMs = 0, status, result, state } = record;
      const ending = result === null ? status : result.ok ? "ok" : result.failure.code;
      const attempts = state.attempts.length;
      const facts = [
        new Date(acceptedAt).toISOString(),
        cut(requestId),
        cut(task),
        ...(tenant === undefined ? [] : [`tenant ${cut(tenant)}`]),
        ending,
        milliseconds(durationMs),
        usd(costOfRecord(record)),
        attempts === 1 ? "1 attempt" : `${attempts} attempts`,
      ];
      print(facts.join("  "));
    },
  };
}
