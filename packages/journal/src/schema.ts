import type { Migrations } from "@armature/sqlite";

/**
 * - `openings`: requests that run, or whose process died; small, so that opening one is one insertion into one tree;
 * - `records`: what finished and paused records are found and counted by; narrow, so that a scan reads little;
 * - `contents`: the records themselves, JSON, under the same id;
 * - `processes`: who is responsible for the openings.
 *
 * The index by time carries cost and duration, which are searched by bounds: a walk reads the index alone. The index by
 * day carries everything that is counted by day and model, in the order of the groups. Nearly every record is finished:
 * only the others are looked for by status.
 */
export const journalMigrations: Migrations = {
  owner: "journal",
  steps: [
    `CREATE TABLE openings (
       request_id TEXT PRIMARY KEY,
       owner TEXT NOT NULL,
       opening TEXT NOT NULL
     ) WITHOUT ROWID;
     CREATE TABLE records (
       id INTEGER PRIMARY KEY,
       request_id TEXT NOT NULL UNIQUE,
       task TEXT NOT NULL,
       tenant TEXT,
       user TEXT,
       thread TEXT,
       trace_id TEXT,
       status TEXT NOT NULL,
       failure_code TEXT,
       model TEXT,
       prompt TEXT,
       accepted_at INTEGER NOT NULL,
       day INTEGER NOT NULL,
       duration_ms REAL,
       latency_bucket INTEGER,
       cost_micro_usd INTEGER NOT NULL,
       input_tokens INTEGER NOT NULL,
       output_tokens INTEGER NOT NULL,
       bytes INTEGER NOT NULL
     );
     CREATE TABLE contents (id INTEGER PRIMARY KEY, record TEXT NOT NULL);
     CREATE TABLE feedback (
       id INTEGER PRIMARY KEY,
       request_id TEXT NOT NULL,
       score REAL NOT NULL,
       comment TEXT,
       at INTEGER NOT NULL
     );
     CREATE TABLE processes (
       id TEXT PRIMARY KEY,
       host TEXT NOT NULL,
       pid INTEGER NOT NULL,
       started TEXT NOT NULL,
       seen_at INTEGER NOT NULL
     );
     CREATE INDEX records_by_time ON records (accepted_at, cost_micro_usd, duration_ms);
     CREATE INDEX records_by_day ON records
       (day, model, latency_bucket, accepted_at, failure_code, cost_micro_usd, input_tokens, output_tokens);
     CREATE INDEX records_by_task ON records (task, accepted_at);
     CREATE INDEX records_by_tenant ON records (tenant, accepted_at) WHERE tenant IS NOT NULL;
     CREATE INDEX records_by_thread ON records (thread, accepted_at) WHERE thread IS NOT NULL;
     CREATE INDEX records_by_trace ON records (trace_id) WHERE trace_id IS NOT NULL;
     CREATE INDEX records_by_model ON records (model, accepted_at) WHERE model IS NOT NULL;
     CREATE INDEX records_by_prompt ON records (prompt, accepted_at) WHERE prompt IS NOT NULL;
     CREATE INDEX records_by_failure ON records (failure_code, accepted_at) WHERE failure_code IS NOT NULL;
     CREATE INDEX feedback_by_request ON feedback (request_id);`,
    `CREATE INDEX records_by_user ON records (user, accepted_at) WHERE user IS NOT NULL;
     CREATE INDEX records_by_status ON records (status, accepted_at) WHERE status <> 'finished';`,
  ],
};
