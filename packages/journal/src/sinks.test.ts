import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeRecordSink, fakeRecord } from "@armature/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleSink } from "./console-sink.js";
import { CANARY, fullRecord } from "./full-record.fixture.js";
import { jsonlSink } from "./jsonl-sink.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sinks-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the JSONL sink", () => {
  describeRecordSink(() => jsonlSink(join(folder, "suite.jsonl")));

  test("appends one line a record, in order, also to what was there", async () => {
    const path = join(folder, "records.jsonl");
    await jsonlSink(path).write(fullRecord());
    const sink = jsonlSink(path);
    const ids = Array.from({ length: 100 }, (_, index) => `r${index}`);
    await Promise.all(ids.map((requestId) => sink.write(fakeRecord({ requestId }))));
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const records = lines.map((line) => JSON.parse(line));
    expect(records[0]).toEqual(JSON.parse(JSON.stringify(fullRecord())));
    expect(records.slice(1).map(({ requestId }) => requestId)).toEqual(ids);
  });

  test("says when it cannot write", async () => {
    const path = join(folder, "later", "records.jsonl");
    const sink = jsonlSink(path);
    await expect(sink.write(fakeRecord())).rejects.toThrow("ENOENT");
    await expect(sink.write(fakeRecord())).rejects.toThrow("ENOENT");
  });
});

describe("the console sink", () => {
  const lines: string[] = [];
  describeRecordSink(() => consoleSink((line) => lines.push(line)));

  test("prints one line without content", () => {
    const printed: string[] = [];
    const sink = consoleSink((line) => printed.push(line));
    sink.write(fullRecord());
    sink.write(fakeRecord());
    expect(printed).toEqual([
      `2026-01-31T00:00:00.000Z  ${fullRecord().requestId}  triage  tenant acme  OUTPUT_INVALID  840 ms  0.000322 USD  2 attempts`,
      "2026-01-01T00:00:00.000Z  request-1  test  ok  12 ms  0.000000 USD  0 attempts",
    ]);
    expect(printed.join()).not.toContain(CANARY);
  });
});
