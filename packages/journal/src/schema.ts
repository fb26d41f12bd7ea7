import type { RecordStatus } from "@armature/contracts";
import type { Migrations } from "@armature/sqlite";

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

/** The records of a file, and the processes that are responsible for the open ones. */
export const journalMigrations: Migrations = {
  owner: "journal",
  steps: [
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
  ],
};
