import type { RecordFilter } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { satisfies, type Term, termsOf, whereOf } from "./record-filter.js";
import { RECORD_COLUMNS, type RecordRow, recordOfOpening, recordRow } from "./record-row.js";

const DEFAULT_LIMIT = 100;

/** How many rows of a value are counted before it passes for a common one. */
const PROBE_LIMIT = 50_000;

/** How many rows are read and sorted without a thought. */
const UNSORTED_LIMIT = 2_000;

/** From how many rows of a value on the rows within a bound are looked for first, and how many of those count as rare. */
const COMMON_ROWS = 10_000;
const RARE_ROWS = 5_000;

/** Bounds that the index by time answers from itself. */
const BOUNDED = new Set<Term["column"]>(["accepted_at", "cost_micro_usd", "duration_ms"]);

/** The rows that a filter asks for, newest first; what is still open stands among them. */
export function searchRecords(database: SqliteDatabase, filter: RecordFilter): RecordRow[] {
  const { limit = DEFAULT_LIMIT } = filter;
  const open = openRows(database);
  const terms = termsOf(filter);
  const isOpen = new Set(open.map((row) => row.request_id));
  const running = open.filter((row) => satisfies(row, terms));
  if (filter.status === "open") return running.sort(newestFirst).slice(0, limit);
  const { sql, values } = whereOf(terms);
  const { from, lookups } = planOf(database, terms);
  const where = [sql, ...lookups.map((lookup) => `id IN (${lookup.sql})`)].filter(Boolean).join(" AND ");
  const ended = database
    .prepare(
      `SELECT ${RECORD_COLUMNS.join(", ")} FROM records ${from} ${where}
       ORDER BY accepted_at DESC, request_id DESC LIMIT ?`,
    )
    .all([...values, ...lookups.flatMap((lookup) => lookup.values), limit + open.length]) as RecordRow[];
  return [...running, ...ended.filter((row) => !isOpen.has(row.request_id))].sort(newestFirst).slice(0, limit);
}

/** How the rows are reached: what is walked, and what their ids are looked up in before any row is read. */
interface Plan {
  readonly from: string;
  readonly lookups: readonly { readonly sql: string; readonly values: readonly (string | number)[] }[];
}

/**
 * SQLite keeps no statistics that follow the writes, so the rarest value is found by counting: the index with the
 * fewest rows is walked, and what few rows other values have is intersected with it. Beside common values only, rare
 * costs and durations are found first. The walk by time serves everything else, and stops as soon as the limit is
 * reached.
 */
function planOf(database: SqliteDatabase, terms: readonly Term[]): Plan {
  const counted: { readonly own: readonly Term[]; readonly index: string; readonly n: number }[] = [];
  for (const index of new Set(terms.map((term) => term.index))) {
    if (!index) continue;
    const own = terms.filter((term) => term.index === index);
    const { sql, values } = whereOf(own);
    const probe = `SELECT count(*) AS n FROM (SELECT 1 FROM records INDEXED BY ${index} ${sql} LIMIT ?)`;
    const { n } = database.prepare(probe).get([...values, PROBE_LIMIT]) as { n: number };
    // Without an equality its rows come unsorted: only few of them are better than the walk by time.
    const isOrdered = own.some(({ operator }) => operator === "=");
    if (isOrdered || n < UNSORTED_LIMIT) counted.push({ own, index, n });
  }
  const [first, ...rest] = counted.sort((one, other) => one.n - other.n);
  if (!first) return { from: "INDEXED BY records_by_time", lookups: [] };
  const rare = first.n < COMMON_ROWS ? undefined : rareIds(database, terms);
  if (rare) return { from: "NOT INDEXED", lookups: [{ sql: "SELECT value FROM json_each(?)", values: [rare] }] };
  // So few rows are read sooner than a second index.
  const others = first.n < UNSORTED_LIMIT ? [] : rest.filter(({ n }) => n < PROBE_LIMIT);
  const lookups = others.map(({ own, index }) => {
    const { sql, values } = whereOf(own);
    return { sql: `SELECT id FROM records INDEXED BY ${index} ${sql}`, values };
  });
  return { from: `INDEXED BY ${first.index}`, lookups };
}

/** The ids of the rows within the bounds of cost and duration, as a JSON array, when they are few. */
function rareIds(database: SqliteDatabase, terms: readonly Term[]): string | undefined {
  const bounds = terms.filter(({ column }) => BOUNDED.has(column));
  if (bounds.every(({ column }) => column === "accepted_at")) return undefined;
  const { sql, values } = whereOf(bounds);
  const rows = database
    .prepare(`SELECT id FROM records INDEXED BY records_by_time ${sql} LIMIT ?`)
    .all([...values, RARE_ROWS]) as { id: number }[];
  return rows.length < RARE_ROWS ? JSON.stringify(rows.map(({ id }) => id)) : undefined;
}

/** Of a request that was paused before, what its record says; of any other, what its opening says. */
function openRows(database: SqliteDatabase): RecordRow[] {
  const columns = RECORD_COLUMNS.map((column) => `records.${column} AS ${column}`).join(", ");
  const rows = database
    .prepare(`SELECT opening, ${columns} FROM openings LEFT JOIN records USING (request_id)`)
    .all() as (RecordRow & { opening: string })[];
  return rows.map(({ opening, ...row }) =>
    row.task === null ? recordRow(recordOfOpening(JSON.parse(opening)), opening.length) : { ...row, status: "open" },
  );
}

function newestFirst(a: RecordRow, b: RecordRow): number {
  return b.accepted_at - a.accepted_at || (a.request_id < b.request_id ? 1 : -1);
}
