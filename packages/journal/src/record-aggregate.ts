import type { RecordAggregation, RecordDimension, RecordGroup } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { percentileMs } from "./latency-histogram.js";
import { satisfies, type Term, termsOf, whereOf } from "./record-filter.js";
import { DAY_MS, type RecordRow } from "./record-row.js";

const COLUMNS: Readonly<Record<RecordDimension, keyof RecordRow>> = {
  day: "day",
  task: "task",
  tenant: "tenant",
  user: "user",
  model: "model",
  prompt: "prompt",
  status: "status",
  failureCode: "failure_code",
};

/** In whose order `records_by_day` is, before the latency. */
const ORDERED: readonly (keyof RecordRow)[] = ["day", "model"];

/** What that index carries of what is asked for. */
const CARRIED = new Set<keyof RecordRow>([...ORDERED, "accepted_at", "failure_code", "cost_micro_usd"]);

/** One group as SQL counts it: a column `k0`, `k1` ... for each dimension, and the latencies as `bucket:count,...`. */
interface GroupRow {
  readonly [key: `k${number}`]: string | number | null;
  readonly n: number;
  readonly failures: number;
  readonly cost: number;
  readonly input: number;
  readonly output: number;
  readonly latencies: string | null;
}

/**
 * Counts by SQL, in two steps: groups by dimension and latency bucket, then the buckets of a group as one text, so that
 * few rows leave SQLite. By day and model the first step streams from one index; everything else is sorted.
 */
export function aggregateRecords(database: SqliteDatabase, { by, filter = {} }: RecordAggregation): RecordGroup[] {
  const dimensions = by.map((dimension) => COLUMNS[dimension]);
  const terms = [...termsOf(filter), ...dayTerms(filter)];
  const isCarried = [...dimensions, ...terms.map(({ column }) => column)].every((column) => CARRIED.has(column));
  const isOrdered = isCarried && dimensions.every((column) => ORDERED.includes(column));
  const inner = isOrdered ? ORDERED : [...new Set(dimensions)];
  const keys = dimensions.map((column, index) => `${column} AS k${index}, `).join("");
  const order = dimensions.map((_, index) => `k${index}`).join(", ");
  const { sql: where, values } = whereOf(terms);
  const sql = `
    SELECT ${keys} sum(n) AS n, sum(failures) AS failures, sum(cost) AS cost, sum(input) AS input,
      sum(output) AS output, group_concat(latency_bucket || ':' || n) AS latencies
    FROM (
      SELECT ${[...inner, "latency_bucket"].join(", ")}, count(*) AS n, count(failure_code) AS failures,
        sum(cost_micro_usd) AS cost, sum(input_tokens) AS input, sum(output_tokens) AS output
      FROM records ${isCarried ? "INDEXED BY records_by_day" : ""} ${where}
      GROUP BY ${[...inner, "latency_bucket"].join(", ")}
    ) ${order ? `GROUP BY ${order} ORDER BY ${order}` : "HAVING count(*) > 0"}`;
  const rows = database.prepare(sql).all(values) as GroupRow[];
  return rows.map((row) => groupOf(row, by));
}

/** Bounds of time as bounds of days, by which the index is ordered. */
function dayTerms({ since, until }: NonNullable<RecordAggregation["filter"]>): Term[] {
  const day = (ms: number) => Math.floor(ms / DAY_MS);
  return [
    ...(since === undefined ? [] : [{ column: "day", operator: ">=", value: day(since) } as const]),
    ...(until === undefined ? [] : [{ column: "day", operator: "<=", value: day(until) } as const]),
  ];
}

function groupOf(row: GroupRow, by: readonly RecordDimension[]): RecordGroup {
  const counts = new Map<number, number>();
  for (const entry of row.latencies?.split(",") ?? []) {
    const [bucket = 0, count = 0] = entry.split(":").map(Number);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return groupWith(
    Object.fromEntries(by.map((dimension, index) => [dimension, keyText(dimension, row[`k${index}`] ?? null)])),
    { count: row.n, failures: row.failures, cost: row.cost, input: row.input, output: row.output, counts },
  );
}

interface Sums {
  readonly count: number;
  readonly failures: number;
  readonly cost: number;
  readonly input: number;
  readonly output: number;
  readonly counts: ReadonlyMap<number, number>;
}

function groupWith(key: RecordGroup["key"], { count, failures, cost, input, output, counts }: Sums): RecordGroup {
  const p50Ms = percentileMs(counts, 0.5);
  const p95Ms = percentileMs(counts, 0.95);
  return {
    key,
    count,
    failures,
    costMicroUsd: cost,
    inputTokens: input,
    outputTokens: output,
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p95Ms !== undefined && { p95Ms }),
  };
}

function keyText(dimension: RecordDimension, value: string | number | null): string | null {
  if (value === null) return null;
  return dimension === "day" ? new Date(Number(value) * DAY_MS).toISOString().slice(0, 10) : String(value);
}

/** The same counts over rows in memory. */
export function aggregateRows(rows: readonly RecordRow[], { by, filter = {} }: RecordAggregation): RecordGroup[] {
  const terms = termsOf(filter);
  const groups = new Map<string, RecordRow[]>();
  const keyOf = (row: RecordRow) => JSON.stringify(by.map((dimension) => row[COLUMNS[dimension]]));
  for (const row of rows) {
    if (!satisfies(row, terms)) continue;
    groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  }
  const sorted = [...groups.values()].sort(([a], [b]) => compareKeys(a!, b!, by));
  return sorted.map((group) => {
    const counts = new Map<number, number>();
    for (const { latency_bucket: bucket } of group) {
      if (bucket !== null) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    const sum = (pick: (row: RecordRow) => number) => group.reduce((total, row) => total + pick(row), 0);
    return groupWith(
      Object.fromEntries(by.map((dimension) => [dimension, keyText(dimension, group[0]![COLUMNS[dimension]])])),
      {
        count: group.length,
        failures: sum((row) => (row.failure_code === null ? 0 : 1)),
        cost: sum((row) => row.cost_micro_usd),
        input: sum((row) => row.input_tokens),
        output: sum((row) => row.output_tokens),
        counts,
      },
    );
  });
}

/** SQLite's order: `null` first, then numbers, then texts by code point. */
function compareKeys(a: RecordRow, b: RecordRow, by: readonly RecordDimension[]): number {
  for (const dimension of by) {
    const [one, other] = [a[COLUMNS[dimension]], b[COLUMNS[dimension]]];
    if (one === other) continue;
    if (one === null || other === null) return one === null ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}
