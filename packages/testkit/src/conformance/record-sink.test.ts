import type { RecordSink, RequestRecord } from "@armature/contracts";
import { expect, test } from "vitest";
import { brokenPromises } from "./broken-promises.js";
import { describeRecordSink, recordSinkPromises } from "./record-sink.js";

describeRecordSink(() => {
  const lines: string[] = [];
  return { name: "lines", write: (record) => void lines.push(JSON.stringify(record)) };
});

test.each<[string, () => RecordSink["write"], RegExp]>([
  [
    "no mind for failures",
    () => (record) => {
      if (record.result?.ok === false) throw new Error("no value");
    },
    /accepted, refused/,
  ],
  [
    "unique rows",
    () => {
      const seen = new Set<string>();
      return (record) => {
        if (seen.has(record.requestId)) throw new Error("duplicate");
        seen.add(record.requestId);
      };
    },
    /same record again/,
  ],
  [
    "fingers on the record",
    () => (record) => void Object.assign(record as { task: RequestRecord["task"] }, { task: "mine" }),
    /changes no record/,
  ],
])("the suite finds a sink with %s", async (_fault, write, promise) => {
  const found = await brokenPromises(recordSinkPromises, () => ({ name: "broken", write: write() }));
  expect(found.join("\n")).toMatch(promise);
});
