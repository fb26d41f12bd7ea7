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
import Database from "libsql";
import { erasedRecord } from "./erased-record.js";
import { GroupCommit } from "./group-commit.js";
import { ProcessLease } from "./process-lease.js";
import { costOfRecord, failureCodeOf, recordOfOpening } from "./record-columns.js";
import { type RecordQueries, recordQueries } from "./record-queries.js";
import { migrate, type RecordRow } from "./schema.js";

export interface SqliteJournalOptions {
  /** The database file; it is made when missing, its folder is not. */
  readonly path: string;
  /** The machine's clock by default. */
  readonly clock?: Clock;
}

// Milliseconds for which opening waits for another process that writes. Later writes wait without blocking the loop.
const OPEN_BUSY_MS = 10_000;

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
 * Opens the embedded journal: one SQLite file, write-ahead log, `synchronous=FULL`. What `open` and `write` resolve for
 * has been synced to the disk; writes that arrive together share one transaction. Several processes may use one file.
 * Records that dead processes left open are marked `abandoned` here.
 *
 * @throws ArmatureError `JOURNAL_UNAVAILABLE` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteJournal(options: SqliteJournalOptions): Journal & { close(): Promise<void> } {
  return new SqliteJournal(options);
}

class SqliteJournal implements Journal {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #commits: GroupCommit;
  readonly #lease: ProcessLease;
  readonly #queries: RecordQueries;
  readonly #openStatement: Database.Statement;
  readonly #writeStatement: Database.Statement;
  readonly #readStatement: Database.Statement;
  #closed = false;

  constructor({ path, clock = systemClock }: SqliteJournalOptions) {
    this.#path = path;
    try {
      this.#database = openDatabase(path, clock.now());
      this.#lease = new ProcessLease(this.#database, clock);
      this.#lease.acquire();
      this.#database.pragma("busy_timeout = 0");
      this.#commits = new GroupCommit(this.#database);
      this.#queries = recordQueries(this.#database);
      this.#openStatement = this.#database.prepare(OPEN);
      this.#writeStatement = this.#database.prepare(WRITE);
      this.#readStatement = this.#database.prepare("SELECT status, record FROM records WHERE request_id = ?");
    } catch (error) {
      throw this.#unavailable("could not be opened", error);
    }
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
    await this.#commit(() => this.#writeStatement.run(row));
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
      const update = this.#database.prepare("UPDATE records SET record = ? WHERE request_id = ?");
      let count = 0;
      for (const row of this.#queries.inScope(scope)) {
        update.run([JSON.stringify(erasedRecord(parseRecord(row))), row.request_id]);
        count += 1;
      }
      return count;
    });
    // Old pages still lie in the log until it is emptied. A reader in another process may hold that up; then the next
    // checkpoint does it.
    await this.#guard("could not be checkpointed", () => this.#database.pragma("wal_checkpoint(TRUNCATE)"));
    return { from: "journal", removed: { records: removed } };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits.drain();
    try {
      await this.#commits.add(() => this.#lease.release());
    } finally {
      this.#database.close();
    }
  }

  #serialize(value: RecordOpening | RequestRecord): string {
    try {
      return JSON.stringify(value);
    } catch (error) {
      throw this.#unavailable(`cannot hold the record of request ${value.requestId}: it is not JSON`, error);
    }
  }

  async #commit<Result>(run: () => Result): Promise<Result> {
    if (this.#closed) throw this.#unavailable("is closed", undefined);
    try {
      return await this.#commits.add(run);
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

function openDatabase(path: string, now: number): Database.Database {
  const database = new Database(path, { timeout: OPEN_BUSY_MS });
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    // Overwrites what an update or an erasure frees inside the pages it writes anyway.
    database.pragma("secure_delete = ON");
    migrate(database, now);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function parseRecord(row: Pick<RecordRow, "status" | "record">): RequestRecord {
  const parsed = JSON.parse(row.record) as RecordOpening | RequestRecord;
  const record = "state" in parsed ? parsed : recordOfOpening(parsed);
  // The column is the newer one of the two: a record can be reopened, or abandoned, without being written again.
  return record.status === row.status ? record : { ...record, status: row.status };
}
