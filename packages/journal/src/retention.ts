import type { Clock, RetentionReceipt, RetentionRule } from "@armature/contracts";
import type { SqliteFile } from "@armature/sqlite";

/** Rows that one transaction removes, and pages that it gives back: other writers wait no longer than that takes. */
const CHUNK_ROWS = 500;
const CHUNK_PAGES = 500;

interface Doomed {
  readonly id: number;
  readonly request_id: string;
  readonly bytes: number;
  readonly accepted_at: number;
}

const HOUR_MS = 3_600_000;

/** Applies `retain` now and every hour; the returned function stops it. */
export function keepRetention(clock: Clock, retain: () => Promise<unknown>): () => void {
  let cancel = () => {};
  let stopped = false;
  const run = () => {
    // What could not be removed now is removed an hour later.
    const again = () => {
      if (!stopped) cancel = clock.after(HOUR_MS, run);
    };
    retain().then(again, again);
  };
  run();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Removes what no rule keeps, oldest first, in small transactions; then gives the free pages back to the disk. */
export async function retainRecords(
  file: SqliteFile,
  rules: readonly RetentionRule[],
  now: number,
): Promise<RetentionReceipt> {
  const { database, commits } = file;
  let records = 0;
  let bytes = 0;
  for (const rule of rules) {
    for (const doomedOf of selections(database, rule, now)) {
      for (;;) {
        const gone = await commits.add(() => remove(database, doomedOf()));
        if (gone.length === 0) break;
        records += gone.length;
        bytes += gone.reduce((sum, row) => sum + row.bytes, 0);
      }
    }
  }
  if (records > 0) await vacuum(file);
  return { records, bytes };
}

function selections(database: SqliteFile["database"], { tenant, maxAgeMs, maxBytes }: RetentionRule, now: number) {
  // Paused requests wait for a person: they are not ended, however old they are.
  const scope = `status <> 'paused' ${tenant === undefined ? "" : "AND tenant = ?"}`;
  const scoped = tenant === undefined ? [] : [tenant];
  const oldest = (more: string) =>
    database.prepare(
      `SELECT id, request_id, bytes, accepted_at FROM records WHERE ${scope} ${more} ORDER BY accepted_at, id LIMIT ?`,
    );
  const found: (() => Doomed[])[] = [];
  if (maxAgeMs !== undefined) {
    const old = oldest("AND accepted_at < ?");
    found.push(() => old.all([...scoped, now - maxAgeMs, CHUNK_ROWS]) as Doomed[]);
  }
  if (maxBytes !== undefined) {
    const next = oldest("AND (accepted_at, id) > (?, ?)");
    const size = database.prepare(`SELECT total(bytes) AS bytes FROM records WHERE ${scope}`);
    // A line is drawn once, and what is older goes. Whatever was counted along the way would be wrong as soon as another
    // process that keeps the same rule removes the same records: together they would remove twice as much.
    const draw = database.transaction(() => {
      let excess = (size.get(scoped) as { bytes: number }).bytes - maxBytes;
      let line: Pick<Doomed, "accepted_at" | "id"> = NOTHING_OLDER;
      while (excess > 0) {
        const rows = next.all([...scoped, line.accepted_at, line.id, CHUNK_ROWS]) as Doomed[];
        for (const row of rows) {
          if (excess <= 0) break;
          excess -= row.bytes;
          line = row;
        }
        if (rows.length === 0) break;
      }
      return line;
    });
    const line = draw();
    const older = oldest("AND (accepted_at, id) <= (?, ?)");
    found.push(() => older.all([...scoped, line.accepted_at, line.id, CHUNK_ROWS]) as Doomed[]);
  }
  return found;
}

/** Before every record: also before those that a clock which was wrong has dated before 1970. */
const NOTHING_OLDER = { accepted_at: Number.MIN_SAFE_INTEGER, id: 0 };

function remove(database: SqliteFile["database"], doomed: readonly Doomed[]): readonly Doomed[] {
  const statements = ["records WHERE id = ?", "contents WHERE id = ?"].map((what) =>
    database.prepare(`DELETE FROM ${what}`),
  );
  const feedback = database.prepare("DELETE FROM feedback WHERE request_id = ?");
  for (const { id, request_id } of doomed) {
    for (const statement of statements) statement.run([id]);
    feedback.run([request_id]);
  }
  return doomed;
}

/** Gives free pages back to the disk, a few at a time. */
async function vacuum({ database, commits, emptyLog }: SqliteFile): Promise<void> {
  const freePages = () => (database.pragma("freelist_count") as { freelist_count: number }[])[0]?.freelist_count ?? 0;
  for (let before = freePages(); before > 0; ) {
    await commits.add(() => database.pragma(`incremental_vacuum(${CHUNK_PAGES})`));
    const after = freePages();
    if (after >= before) break;
    before = after;
  }
  // What was in the pages lies in the log until it is emptied; a reader elsewhere may put that off.
  await emptyLog();
}
