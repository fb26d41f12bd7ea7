import type { RecordFilter } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { satisfies, type Term, termsOf, whereOf } from "./record-filter.js";
import { RECORD_COLUMNS, type RecordRow, recordOfOpening, recordRow } from "./record-row.js";

const DEFAULT_LIMIT = 100;

/** How many rows of a value are counted before it passes for a common one. */
const PROBE_LIMIT = 50_000;

/** How many rows are read and sorted without a thought. */
const UNSORTED_LIMIT = 2_000;

/** The rows that a filter asks for, newest first; what is still open stands among them. */
export function searchRecords(database: SqliteDatabase, filter: RecordFilter): RecordRow[] {
  const { limit = DEFAULT_LIMIT } = filter;
  const open = openRows(database);
  const terms = termsOf(filter);
  const isOpen = new Set(open.map((row) => row.request_id));
  const running = open.filter((row) => satisfies(row, terms));
  if (filter.status === "open") return running.sort(newestFirst).slice(0, limit);
  const { sql, values } = whereOf(terms);
  const { index, joined } = planOf(database, terms);
  const lookups = joined.map(
    (term) => ` AND id IN (SELECT id FROM records INDEXED BY ${term.index} WHERE ${term.column} ${term.operator} ?)`,
  );
  const ended = database
    .prepare(
      `SELECT ${RECORD_COLUMNS.join(", ")} FROM records INDEXED BY ${index}
       ${sql}${lookups.join("")} ORDER BY accepted_at DESC, request_id DESC LIMIT ?`,
    )
    .all([...values, ...joined.map(({ value }) => value), limit + open.length]) as RecordRow[];
  return [...running, ...ended.filter((row) => !isOpen.has(row.request_id))].sort(newestFirst).slice(0, limit);
}

/** How the rows are reached: the index that is walked, and the terms that are looked up in theirs before any row is read. */
interface Plan {
  readonly index: string;
  readonly joined: readonly Term[];
}

/**
 * SQLite keeps no statistics that follow the writes, so the rarest value is found by counting: the index with the
 * fewest rows is walked, and what few rows other values have is intersected with it. The walk by time serves everything
 * else, and stops as soon as the limit is reached.
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
  if (!first) return { index: "records_by_time", joined: [] };
  // So few rows are read sooner than a second index.
  const others = first.n < UNSORTED_LIMIT ? [] : rest.filter(({ n }) => n < PROBE_LIMIT);
  return { index: first.index, joined: others.flatMap(({ own }) => own) };
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
