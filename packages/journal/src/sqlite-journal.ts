import { randomUUID } from "node:crypto";
import {
  ArmatureError,
  type Clock,
  type ErasureReceipt,
  type ErasureScope,
  type Feedback,
  type Journal,
  type RecordAggregation,
  type RecordFilter,
  type RecordGroup,
  type RecordOpening,
  type RecordSummary,
  type RequestRecord,
  type RetentionReceipt,
  type RetentionRule,
  systemClock,
} from "@armature/contracts";
import { openSqlite, type SqliteFile } from "@armature/sqlite";
import { applyContentPolicy } from "./content-policy.js";
import { ProcessLease } from "./process-lease.js";
import { aggregateRecords } from "./record-aggregate.js";
import { summaryOf } from "./record-row.js";
import { searchRecords } from "./record-search.js";
import { RecordTables } from "./record-tables.js";
import { keepRetention, retainRecords } from "./retention.js";
import { journalMigrations } from "./schema.js";

export interface SqliteJournalOptions {
  /** The database file; it is made when missing, its folder is not. */
  readonly path: string;
  /** Rules that are applied when the journal is opened and every hour from then on. */
  readonly retention?: readonly RetentionRule[];
  /** The machine's clock by default. */
  readonly clock?: Clock;
}

/** The embedded journal: every capability of a journal, and `close`. */
export interface SqliteJournal extends Required<Journal> {
  close(): Promise<void>;
}

/**
 * Opens the embedded journal: one SQLite file with a write-ahead log. What `write` resolves for has been synced to the
 * disk, and with it every opening before it; what `open` resolves for survives a kill of the process. Writes that arrive
 * together share one transaction and one sync. Several processes may use one file. Records that dead processes left open
 * are marked `abandoned` here.
 *
 * @throws ArmatureError `JOURNAL_UNAVAILABLE` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteJournal(options: SqliteJournalOptions): SqliteJournal {
  return new EmbeddedJournal(options);
}

class EmbeddedJournal implements SqliteJournal {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #file: SqliteFile;
  readonly #lease: ProcessLease;
  readonly #tables: RecordTables;
  readonly #stopRetention: () => void;
  #closed = false;

  constructor({ path, retention = [], clock = systemClock }: SqliteJournalOptions) {
    this.#path = path;
    this.#clock = clock;
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
    this.#lease = lease!;
    this.#tables = new RecordTables(this.#file.database, this.#lease.id);
    this.#lease.keep(() => this.#commit(() => this.#lease.beat()));
    this.#stopRetention = retention.length > 0 ? keepRetention(clock, () => this.retain(retention)) : () => {};
  }

  async open(opening: RecordOpening): Promise<void> {
    // What could not be synced once never will be: said here, before a request costs money and then cannot be recorded.
    const { syncFailure } = this.#file.commits;
    if (syncFailure !== undefined) throw this.#unavailable("can no longer be synced", syncFailure);
    const json = this.#serialize(opening);
    const opened = await this.#commit(() => this.#tables.open(opening.requestId, json));
    if (!opened) throw this.#unavailable(`has a finished record of request ${opening.requestId} already`, undefined);
  }

  async write(record: RequestRecord): Promise<void> {
    const { feedback: _, ...own } = record;
    const json = this.#serialize(own);
    await this.#commit(() => this.#tables.write(record, json), "synced");
  }

  async read(requestId: string): Promise<RequestRecord | undefined> {
    return this.#guard("could not be read", () => this.#tables.read(requestId));
  }

  async find(filter: RecordFilter): Promise<RecordSummary[]> {
    return this.#guard("could not be searched", () => searchRecords(this.#file.database, filter).map(summaryOf));
  }

  async aggregate(query: RecordAggregation): Promise<RecordGroup[]> {
    return this.#guard("could not be searched", () => aggregateRecords(this.#file.database, query));
  }

  async feedback(requestId: string, feedback: Feedback): Promise<boolean> {
    return this.#commit(() => this.#tables.addFeedback(requestId, feedback), "synced");
  }

  async retain(rules: readonly RetentionRule[]): Promise<RetentionReceipt> {
    return this.#guard("could not be cleared", () => retainRecords(this.#file, rules, this.#clock.now()));
  }

  async erase(scope: ErasureScope): Promise<ErasureReceipt> {
    const removed = await this.#commit(() => {
      const ids = this.#tables.inScope(scope);
      // A salt that nobody keeps: the digests of what is erased say that it was, and how large, and nothing more.
      for (const id of ids) this.#tables.change(id, (record) => applyContentPolicy(record, "none", randomUUID()));
      return ids.length;
    }, "synced");
    // Old pages still lie in the log until it is emptied. A reader in another process may hold that up; then the next
    // checkpoint does it.
    await this.#guard("could not be checkpointed", () => this.#file.emptyLog());
    return { from: "journal", removed: { records: removed } };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopRetention();
    await this.#file.commits.drain();
    try {
      await this.#file.commits.add(() => this.#lease.release());
    } catch (error) {
      throw this.#unavailable("could not be written as it was closed", error);
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
