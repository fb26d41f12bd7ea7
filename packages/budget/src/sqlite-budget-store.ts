import type { Balance, BudgetStore, HoldRequest, HoldResult } from "@armature/contracts";
import { openSqlite, type SqliteFile } from "@armature/sqlite";
import { type Books, ledger } from "./ledger.js";
import { budgetMigrations, sqliteBooks } from "./sqlite-books.js";

export interface SqliteBudgetStoreOptions {
  /** The database file; it is made when missing, its folder is not. It may be the journal's. */
  readonly path: string;
}

/**
 * Counters in one SQLite file that any number of processes share. What has resolved survives a kill of the process.
 *
 * A cut of the power may take back what was dispatched within the last second: nothing waits for the disk, and the log is
 * synced a second after the first dispatch that is not. Once a sync has failed, the store refuses whatever it is asked.
 *
 * @throws ArmatureError `CONFIG_INVALID` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteBudgetStore(options: SqliteBudgetStoreOptions): BudgetStore & { close(): Promise<void> } {
  return new SqliteBudgetStore(options);
}

/** The most milliseconds of spending that a cut of the power may take back. */
const SYNC_MS = 1_000;

class SqliteBudgetStore implements BudgetStore {
  readonly #file: SqliteFile;
  readonly #books: Books;
  #closed = false;
  #cancelSync: (() => void) | undefined;
  #broken: unknown;

  constructor({ path }: SqliteBudgetStoreOptions) {
    this.#file = openSqlite({ path, migrations: budgetMigrations, what: "budget store", code: "CONFIG_INVALID" });
    this.#books = sqliteBooks(this.#file.database);
  }

  async hold(request: HoldRequest): Promise<HoldResult> {
    const result = await this.#commit(() => ledger.hold(this.#books, request));
    if (request.dispatched === true) this.#syncSoon();
    return result;
  }

  async dispatch(attemptId: string, now: number): Promise<boolean> {
    const isHeld = await this.#commit(() => ledger.dispatch(this.#books, attemptId, now));
    this.#syncSoon();
    return isHeld;
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
    if (this.#cancelSync) {
      this.#cancelSync();
      await this.#sync();
    }
    await this.#file.close();
  }

  #syncSoon(): void {
    if (this.#cancelSync || this.#closed) return;
    const timer = setTimeout(() => void this.#sync(), SYNC_MS);
    // Close syncs; a process that ends without it loses nothing that it has committed.
    timer.unref();
    this.#cancelSync = () => clearTimeout(timer);
  }

  async #sync(): Promise<void> {
    this.#cancelSync = undefined;
    try {
      await this.#file.commits.addSynced(() => undefined);
    } catch (thrown) {
      this.#broken = thrown;
    }
  }

  #commit<Result>(run: () => Result): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error("The budget store is closed"));
    if (this.#broken) return Promise.reject(this.#broken);
    return this.#file.commits.add(run);
  }
}
