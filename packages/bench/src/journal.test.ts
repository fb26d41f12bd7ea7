import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteJournal } from "@armature/journal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manyRecords } from "./journal/many-records.js";
import { sampleOpening, sampleRecord } from "./journal/sample-record.js";
import { steadyLoad } from "./journal/steady-load.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-journal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the sample record has the size that the figures name", () => {
  const sizes = [1, 25, 4_999].map((index) => JSON.stringify(sampleRecord(sampleOpening("r", index, 0), index)).length);
  for (const size of sizes) expect(size).toBeGreaterThan(3_700);
  for (const size of sizes) expect(size).toBeLessThan(4_500);
});

test("the load writes every record that it counts", async () => {
  const path = join(folder, "load.db");
  const figures = await steadyLoad(path, 100, 1);
  expect(figures.records).toBe(100);
  expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms);
  const journal = sqliteJournal({ path });
  const [all] = await journal.aggregate({ by: ["status"] });
  expect(all).toMatchObject({ key: { status: "finished" }, count: 200 });
  await journal.close();
});

test("every question of the month has an answer in time", async () => {
  const figures = await manyRecords(join(folder, "many.db"), 3_000);
  expect(figures.bytesPerRecord).toBeGreaterThan(figures.jsonBytesPerRecord);
  const times = [...Object.values(figures.queries), ...Object.values(figures.aggregates)];
  expect(times).toHaveLength(24);
  for (const ms of times) expect(ms).toBeGreaterThan(0);
});
