import type { RecordFilter } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { satisfies, type Term, termsOf, whereOf } from "./record-filter.js";
import { RECORD_COLUMNS, type RecordRow, recordOfOpening, recordRow } from "./record-row.js";

const DEFAULT_LIMIT = 100;

/** How many rows of a value are counted before another index is looked at. */
const PROBE_LIMIT = 5_000;

/** The rows that a filter asks for, newest first; what is still open stands among them. */
export function searchRecords(database: SqliteDatabase, filter: RecordFilter): RecordRow[] {
  const { limit = DEFAULT_LIMIT } = filter;
  const open = openRows(database);
  const terms = termsOf(filter);
  const isOpen = new Set(open.map((row) => row.request_id));
  const running = open.filter((row) => satisfies(row, terms));
  if (filter.status === "open") return running.sort(newestFirst).slice(0, limit);
  const { sql, values } = whereOf(terms);
  const ended = database
    .prepare(
      `SELECT ${RECORD_COLUMNS.join(", ")} FROM records INDEXED BY ${drivingIndex(database, terms)}
       ${sql} ORDER BY accepted_at DESC, request_id DESC LIMIT ?`,
    )
    .all([...values, limit + open.length]) as RecordRow[];
  return [...running, ...ended.filter((row) => !isOpen.has(row.request_id))].sort(newestFirst).slice(0, limit);
}

/**
 * SQLite keeps no statistics that follow the writes, so the rarest value is found by counting: the index with the
 * fewest rows is walked. The walk by time serves everything else, and stops as soon as the limit is reached.
 */
function drivingIndex(database: SqliteDatabase, terms: readonly Term[]): string {
  let best = "records_by_time";
  let fewest = Number.POSITIVE_INFINITY;
  for (const index of new Set(terms.map((term) => term.index))) {
    if (!index) continue;
    const own = terms.filter((term) => term.index === index);
    const { sql, values } = whereOf(own);
    const probe = `SELECT count(*) AS n FROM (SELECT 1 FROM records INDEXED BY ${index} ${sql} LIMIT ?)`;
    const { n } = database.prepare(probe).get([...values, PROBE_LIMIT]) as { n: number };
    // Without an equality its rows come unsorted: only few of them are better than the walk by time.
    const isOrdered = own.some(({ operator }) => operator === "=");
    if (n >= fewest || (n >= PROBE_LIMIT && !isOrdered)) continue;
    fewest = n;
    best = index;
  }
  return best;
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
