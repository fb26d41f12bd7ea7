import {
  ArmatureError,
  type Clock,
  type ErasureReceipt,
  type ErasureScope,
  type Journal,
  type RecordFilter,
  type RecordOpening,
  type RecordSummary,
  type RequestRecord,
  systemClock,
} from "@armature/contracts";
import { openSqlite, type SqliteFile, type SqliteStatement } from "@armature/sqlite";
import { erasedRecord } from "./erased-record.js";
import { ProcessLease } from "./process-lease.js";
import { costOfRecord, failureCodeOf, recordOfOpening } from "./record-columns.js";
import { type RecordQueries, recordQueries } from "./record-queries.js";
import { journalMigrations, type RecordRow } from "./schema.js";

export interface SqliteJournalOptions {
  /** The database file; it is made when missing, its folder is not. */
  readonly path: string;
  /** The machine's clock by default. */
  readonly clock?: Clock;
}

const OPEN = `INSERT INTO records
  (request_id, task, tenant, user, thread, status, failure_code, accepted_at, duration_ms, cost_micro_usd, owner, record)
  VALUES (?, ?, ?, ?, ?, 'open', NULL, ?, NULL, 0, ?, ?)
  ON CONFLICT (request_id) DO UPDATE SET status = 'open', owner = excluded.owner WHERE records.status <> 'finished'`;

const WRITE = `INSERT INTO records
  (request_id, task, tenant, user, thread, status, failure_code, accepted_at, duration_ms, cost_micro_usd, owner, record)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (request_id) DO UPDATE SET status = excluded.status, failure_code = excluded.failure_code,
    duration_ms = excluded.duration_ms, cost_micro_usd = excluded.cost_micro_usd, owner = excluded.owner,
    record = excluded.record`;

/**
 * Opens the embedded journal: one SQLite file with a write-ahead log. What `write` resolves for has been synced to the
 * disk, and with it every opening before it; what `open` resolves for survives a kill of the process. Writes that arrive
 * together share one transaction and one sync. Several processes may use one file. Records that dead processes left open
 * are marked `abandoned` here.
 *
 * @throws ArmatureError `JOURNAL_UNAVAILABLE` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteJournal(options: SqliteJournalOptions): Journal & { close(): Promise<void> } {
  return new SqliteJournal(options);
}

class SqliteJournal implements Journal {
  readonly #path: string;
  readonly #file: SqliteFile;
  readonly #lease: ProcessLease;
  readonly #queries: RecordQueries;
  readonly #openStatement: SqliteStatement;
  readonly #writeStatement: SqliteStatement;
  readonly #readStatement: SqliteStatement;
  #closed = false;

  constructor({ path, clock = systemClock }: SqliteJournalOptions) {
    this.#path = path;
    let lease: ProcessLease | undefined;
    this.#file = openSqlite({
      path,
      migrations: journalMigrations,
      what: "journal",
      code: "JOURNAL_UNAVAILABLE",
      secureDelete: true,
      prepare(database) {
        lease = new ProcessLease(database, clock);
        lease.acquire();
      },
    });
    const { database } = this.#file;
    this.#lease = lease!;
    this.#queries = recordQueries(database);
    this.#openStatement = database.prepare(OPEN);
    this.#writeStatement = database.prepare(WRITE);
    this.#readStatement = database.prepare("SELECT status, record FROM records WHERE request_id = ?");
    this.#lease.keep(() => this.#commit(() => this.#lease.beat()));
  }

  async open(opening: RecordOpening): Promise<void> {
    const { requestId, task, tenant = null, user = null, thread = null, acceptedAt } = opening;
    const row = [requestId, task, tenant, user, thread, acceptedAt, this.#lease.id, this.#serialize(opening)];
    const opened = await this.#commit(() => this.#openStatement.run(row).changes);
    if (opened === 0) throw this.#unavailable(`has a finished record of request ${requestId} already`, undefined);
  }

  async write(record: RequestRecord): Promise<void> {
    const {
      requestId,
      task,
      tenant = null,
      user = null,
      thread = null,
      status,
      acceptedAt,
      durationMs = null,
    } = record;
    const row = [
      requestId,
      task,
      tenant,
      user,
      thread,
      status,
      failureCodeOf(record),
      acceptedAt,
      durationMs,
      costOfRecord(record),
      status === "open" ? this.#lease.id : null,
      this.#serialize(record),
    ];
    await this.#commit(() => this.#writeStatement.run(row), "synced");
  }

  async read(requestId: string): Promise<RequestRecord | undefined> {
    return this.#guard("could not be read", () => {
      const row = this.#readStatement.get([requestId]) as Pick<RecordRow, "status" | "record"> | undefined;
      return row && parseRecord(row);
    });
  }

  async find(filter: RecordFilter): Promise<RecordSummary[]> {
    return this.#guard("could not be searched", () => this.#queries.find(filter));
  }

  async erase(scope: ErasureScope): Promise<ErasureReceipt> {
    const removed = await this.#commit(() => {
      const update = this.#file.database.prepare("UPDATE records SET record = ? WHERE request_id = ?");
      let count = 0;
      for (const row of this.#queries.inScope(scope)) {
        update.run([JSON.stringify(erasedRecord(parseRecord(row))), row.request_id]);
        count += 1;
      }
      return count;
    });
    // Old pages still lie in the log until it is emptied. A reader in another process may hold that up; then the next
    // checkpoint does it.
    await this.#guard("could not be checkpointed", () => this.#file.database.pragma("wal_checkpoint(TRUNCATE)"));
    return { from: "journal", removed: { records: removed } };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.commits.drain();
    try {
      await this.#file.commits.add(() => this.#lease.release());
    } finally {
      await this.#file.close();
    }
  }

  #serialize(value: RecordOpening | RequestRecord): string {
    try {
      return JSON.stringify(value);
    } catch (error) {
      throw this.#unavailable(`cannot hold the record of request ${value.requestId}: it is not JSON`, error);
    }
  }

  async #commit<Result>(run: () => Result, how?: "synced"): Promise<Result> {
    if (this.#closed) throw this.#unavailable("is closed", undefined);
    try {
      const { commits } = this.#file;
      return await (how === "synced" ? commits.addSynced(run) : commits.add(run));
    } catch (error) {
      throw this.#unavailable("could not be written", error);
    }
  }

  async #guard<Result>(what: string, run: () => Result | Promise<Result>): Promise<Result> {
    if (this.#closed) throw this.#unavailable("is closed", undefined);
    try {
      return await run();
    } catch (error) {
      throw this.#unavailable(what, error);
    }
  }

  #unavailable(what: string, cause: unknown): ArmatureError {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    return new ArmatureError("JOURNAL_UNAVAILABLE", `The journal ${this.#path} ${what}${why}`, { cause });
  }
}

function parseRecord(row: Pick<RecordRow, "status" | "record">): RequestRecord {
  const parsed = JSON.parse(row.record) as RecordOpening | RequestRecord;
  const record = "state" in parsed ? parsed : recordOfOpening(parsed);
  // The column is the newer one of the two: a record can be reopened, or abandoned, without being written again.
  return record.status === row.status ? record : { ...record, status: row.status };
}
