import type { RecordSink } from "@armature/contracts";
import { expect } from "vitest";
import { fakeRecord } from "../fakes/fake-record.js";
import { describePromises, type Make, type Promises } from "./suite.js";

/** The tests that every record sink passes. */
export function describeRecordSink(make: Make<RecordSink>): void {
  describePromises("RecordSink", recordSinkPromises, make);
}

export const recordSinkPromises: Promises<RecordSink> = {
  "has a name": async (make) => {
    expect((await make()).name).toMatch(/\S/);
  },

  "takes accepted, refused and unfinished records": async (make) => {
    const sink = await make();
    const failure = { code: "CANCELLED" as const, message: "gone", retryable: true };
    await sink.write(fakeRecord());
    await sink.write(fakeRecord({ requestId: "request-2", state: { failure }, result: { ok: false, failure } }));
    await sink.write(fakeRecord({ requestId: "request-3", status: "paused", result: null }));
  },

  "takes the same record again, and many at the same time": async (make) => {
    const sink = await make();
    await sink.write(fakeRecord());
    await sink.write(fakeRecord());
    await Promise.all(Array.from({ length: 50 }, (_, index) => sink.write(fakeRecord({ requestId: `r${index}` }))));
  },

  "changes no record": async (make) => {
    const record = fakeRecord({ state: { input: { text: "hello" } } });
    const before = JSON.stringify(record);
    await (await make()).write(record);
    expect(JSON.stringify(record)).toBe(before);
  },
};
