import type { RecordStatus } from "@armature/contracts";
import type { Database } from "libsql";

/** Rows of `records` as queries see them. */
export interface RecordRow {
  request_id: string;
  task: string;
  tenant: string | null;
  user: string | null;
  thread: string | null;
  status: RecordStatus;
  failure_code: string | null;
  accepted_at: number;
  duration_ms: number | null;
  cost_micro_usd: number;
  /** The `processes.id` that is responsible while the record is open. */
  owner: string | null;
  /** JSON: a `RecordOpening` while only that is known, a `RequestRecord` from then on. */
  record: string;
}

export interface JournalSchema {
  records: RecordRow;
}

/** Applied in order, each once for a file; what has been released is never edited. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (
     request_id TEXT PRIMARY KEY,
     task TEXT NOT NULL,
     tenant TEXT,
     user TEXT,
     thread TEXT,
     status TEXT NOT NULL,
     failure_code TEXT,
     accepted_at INTEGER NOT NULL,
     duration_ms REAL,
     cost_micro_usd INTEGER NOT NULL,
     owner TEXT,
     record TEXT NOT NULL
   );
   CREATE INDEX records_by_time ON records (accepted_at);
   CREATE INDEX records_by_task ON records (task, accepted_at);
   CREATE INDEX records_by_tenant ON records (tenant, accepted_at) WHERE tenant IS NOT NULL;
   CREATE INDEX records_by_failure ON records (failure_code, accepted_at) WHERE failure_code IS NOT NULL;
   CREATE INDEX records_unfinished ON records (status, owner) WHERE status IN ('open', 'paused', 'abandoned');
   CREATE TABLE processes (
     id TEXT PRIMARY KEY,
     host TEXT NOT NULL,
     pid INTEGER NOT NULL,
     started TEXT NOT NULL,
     seen_at INTEGER NOT NULL
   );`,
];

/**
 * Brings the file to the newest schema, under the write lock, so that processes which start together do it once.
 *
 * @throws Error when the file has been written by a newer version
 */
export function migrate(database: Database, now: number): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)",
    );
    const row = database.prepare("SELECT max(version) AS version FROM schema_migrations").get();
    const current = (row as { version: number | null }).version ?? 0;
    if (current > MIGRATIONS.length) {
      throw new Error(
        `its schema is version ${current}, this package knows ${MIGRATIONS.length}: update @armature/journal`,
      );
    }
    const applied = database.prepare("INSERT INTO schema_migrations (version, applied_at) VALUES (?, ?)");
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < current) continue;
      database.exec(sql);
      applied.run(index + 1, now);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
