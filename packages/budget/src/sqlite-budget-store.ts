import { ArmatureError, type Balance, type BudgetStore, type HoldRequest, type HoldResult } from "@armature/contracts";
import Database from "libsql";
import { GroupCommit } from "./group-commit.js";
import { type Books, ledger, orThrow } from "./ledger.js";
import { migrateBooks, sqliteBooks } from "./sqlite-books.js";

export interface SqliteBudgetStoreOptions {
  /** The database file; it is made when missing, its folder is not. It may be the journal's. */
  readonly path: string;
}

// Milliseconds for which opening waits for another process that writes. Later writes wait without blocking the loop.
const OPEN_BUSY_MS = 10_000;

/**
 * Counters in one SQLite file that any number of processes share. What has resolved survives a kill of the process;
 * a loss of power may take the last moments back, since commits are ordered but not synced one by one
 * (`synchronous=NORMAL`): a sync before every attempt would cost more than the rest of the gate.
 *
 * @throws ArmatureError `CONFIG_INVALID` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteBudgetStore(options: SqliteBudgetStoreOptions): BudgetStore & { close(): Promise<void> } {
  return new SqliteBudgetStore(options);
}

class SqliteBudgetStore implements BudgetStore {
  readonly #database: Database.Database;
  readonly #commits: GroupCommit;
  readonly #books: Books;
  #closed = false;

  constructor({ path }: SqliteBudgetStoreOptions) {
    this.#database = openDatabase(path);
    this.#books = sqliteBooks(this.#database);
    this.#commits = new GroupCommit(this.#database);
  }

  async hold(request: HoldRequest): Promise<HoldResult> {
    return orThrow(await this.#commit(() => ledger.hold(this.#books, request)));
  }

  dispatch(attemptId: string, now: number): Promise<boolean> {
    return this.#commit(() => ledger.dispatch(this.#books, attemptId, now));
  }

  settle(attemptId: string, microUsd: number, now: number): Promise<number> {
    return this.#commit(() => ledger.settle(this.#books, attemptId, microUsd, now));
  }

  release(attemptId: string): Promise<void> {
    return this.#commit(() => ledger.release(this.#books, attemptId));
  }

  balances(accounts: readonly string[], now: number): Promise<Balance[]> {
    return this.#commit(() => ledger.balances(this.#books, accounts, now));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits.drain();
    this.#database.close();
  }

  #commit<Result>(run: () => Result): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error("The budget store is closed"));
    return this.#commits.add(run);
  }
}

function openDatabase(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: OPEN_BUSY_MS });
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    migrateBooks(database);
    database.pragma("busy_timeout = 0");
    return database;
  } catch (cause) {
    database?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ArmatureError("CONFIG_INVALID", `The budget store ${path} could not be opened: ${why}`, { cause });
  }
}
