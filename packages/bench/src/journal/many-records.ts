import { statSync } from "node:fs";
import type { RecordAggregation, RecordFilter } from "@armature/contracts";
import { explainRecord, type SqliteJournal, sqliteJournal } from "@armature/journal";
import { median, percentile, rounded } from "../statistics.js";
import { DAY_MS, sampleOpening, sampleRecord } from "./sample-record.js";

const DAYS = 30;
const BATCH = 2_000;
const EXPLAINED = 200;
const REPEATS = 5;

interface ManyFigures {
  readonly records: number;
  readonly bytesPerRecord: number;
  readonly jsonBytesPerRecord: number;
  readonly fillPerSecond: number;
  readonly explainP99Ms: number;
  /** Medians of five, in milliseconds. */
  readonly queries: Readonly<Record<string, number>>;
  readonly aggregates: Readonly<Record<string, number>>;
}

/** Fills a journal with records of a month and asks what people ask. */
export async function manyRecords(path: string, records: number): Promise<ManyFigures> {
  const end = Date.UTC(2026, 0, 1) + DAYS * DAY_MS;
  const step = (DAYS * DAY_MS) / records;
  const idOf = (index: number) => `0198c0de-${String(index).padStart(12, "0")}-7000-8000-00000000`;
  const recordAt = (index: number) =>
    sampleRecord(sampleOpening(idOf(index), index, Math.floor(end - DAYS * DAY_MS + index * step)), index);

  const begun = performance.now();
  const writer = sqliteJournal({ path });
  for (let first = 0; first < records; first += BATCH) {
    const batch = Math.min(BATCH, records - first);
    await Promise.all(Array.from({ length: batch }, (_, offset) => writer.write(recordAt(first + offset))));
  }
  const fillPerSecond = Math.round(records / ((performance.now() - begun) / 1_000));
  await writer.close();

  // Opened anew: nothing of it is in SQLite's own cache.
  const journal = sqliteJournal({ path });
  const explained: number[] = [];
  for (let count = 0; count < EXPLAINED; count++) {
    const id = idOf((count * 7_919 * 31) % records);
    const from = performance.now();
    explainRecord((await journal.read(id))!);
    explained.push(performance.now() - from);
  }
  const queries = await timed(FILTERS(end), (filter) => journal.find(filter));
  const aggregates = await timed(AGGREGATIONS(end), (query) => journal.aggregate(query));
  await journal.close();
  return {
    records,
    bytesPerRecord: Math.round(statSync(path).size / records),
    jsonBytesPerRecord: JSON.stringify(recordAt(1)).length,
    fillPerSecond,
    explainP99Ms: rounded(percentile(explained, 0.99)),
    queries,
    aggregates,
  };
}

/** Common values and rare ones, and every kind of bound. */
const FILTERS = (end: number): Record<string, RecordFilter> => ({
  newest: {},
  "by task": { task: "task-3" },
  "by model": { model: "gpt-4.1" },
  "by a model that never ran": { model: "gpt-2" },
  "by prompt version": { prompt: "triage@2.1.0" },
  "by prompt": { prompt: "triage" },
  "by tenant": { tenant: "tenant-7" },
  "by failure code": { failureCode: "OUTPUT_INVALID" },
  "by a user that never asked": { user: "nobody" },
  "by status, never": { status: "paused" },
  "by tenant and failure code": { tenant: "tenant-7", failureCode: "OUTPUT_INVALID" },
  "by cost, rare": { costAtLeastMicroUsd: 19_000 },
  "by cost, never": { costAtLeastMicroUsd: 10_000_000 },
  "by latency, never": { durationAtLeastMs: 3_600_000 },
  "by model and cost, never": { model: "gpt-4.1", costAtLeastMicroUsd: 10_000_000 },
  "by task and cost, rare": { task: "task-3", costAtLeastMicroUsd: 19_000 },
  "by a day a week ago": { since: end - 8 * DAY_MS, until: end - 7 * DAY_MS },
  "by task, of a day": { task: "task-3", since: end - 20 * DAY_MS, until: end - 19 * DAY_MS },
});

const AGGREGATIONS = (end: number): Record<string, RecordAggregation> => ({
  "day and model": { by: ["day", "model"] },
  model: { by: ["model"] },
  "day and model, a week": { by: ["day", "model"], filter: { since: end - 7 * DAY_MS } },
  "task, a day": { by: ["task"], filter: { since: end - DAY_MS } },
  "tenant and failure code, a day": { by: ["tenant", "failureCode"], filter: { since: end - DAY_MS } },
  "prompt, all": { by: ["prompt"] },
});

async function timed<Question>(
  questions: Readonly<Record<string, Question>>,
  ask: (question: Question) => ReturnType<SqliteJournal["find"] | SqliteJournal["aggregate"]>,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, question] of Object.entries(questions)) {
    const times: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const from = performance.now();
      await ask(question);
      times.push(performance.now() - from);
    }
    figures[name] = rounded(median(times));
  }
  return figures;
}
