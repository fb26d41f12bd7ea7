import type { ErasureScope, RecordFilter, RecordSummary } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import type { JournalSchema, RecordRow } from "./schema.js";

const DEFAULT_LIMIT = 100;

export interface RecordQueries {
  /** Newest first. */
  find(filter: RecordFilter): RecordSummary[];
  inScope(scope: ErasureScope): Pick<RecordRow, "request_id" | "status" | "record">[];
}

/** The queries off the hot path. Kysely builds them; they run synchronously on the journal's own connection. */
export function recordQueries(database: SqliteDatabase): RecordQueries {
  const builder = new Kysely<JournalSchema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

  return {
    find({ task, tenant, status, failureCode, since, until, limit = DEFAULT_LIMIT }) {
      let query = builder
        .selectFrom("records")
        .select([
          "request_id",
          "task",
          "tenant",
          "status",
          "failure_code",
          "accepted_at",
          "duration_ms",
          "cost_micro_usd",
        ])
        .orderBy("accepted_at", "desc")
        .orderBy("request_id", "desc")
        .limit(limit);
      if (task !== undefined) query = query.where("task", "=", task);
      if (tenant !== undefined) query = query.where("tenant", "=", tenant);
      if (status !== undefined) query = query.where("status", "=", status);
      if (failureCode !== undefined) query = query.where("failure_code", "=", failureCode);
      if (since !== undefined) query = query.where("accepted_at", ">=", since);
      if (until !== undefined) query = query.where("accepted_at", "<", until);
      const { sql, parameters } = query.compile();
      return (database.prepare(sql).all([...parameters]) as RecordRow[]).map(toSummary);
    },

    inScope({ tenant, user, thread }) {
      let query = builder.selectFrom("records").select(["request_id", "status", "record"]).where("tenant", "=", tenant);
      if (user !== undefined) query = query.where("user", "=", user);
      if (thread !== undefined) query = query.where("thread", "=", thread);
      const { sql, parameters } = query.compile();
      return database.prepare(sql).all([...parameters]) as RecordRow[];
    },
  };
}

function toSummary(row: RecordRow): RecordSummary {
  return {
    requestId: row.request_id,
    task: row.task,
    ...(row.tenant !== null && { tenant: row.tenant }),
    status: row.status,
    ...(row.failure_code !== null && { failureCode: row.failure_code }),
    acceptedAt: row.accepted_at,
    ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
    costMicroUsd: row.cost_micro_usd,
  };
}
