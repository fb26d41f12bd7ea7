import type { Balance, BudgetStore, HoldRequest, HoldResult } from "@armature/contracts";
import { openSqlite, type SqliteFile } from "@armature/sqlite";
import { type Books, ledger, orThrow } from "./ledger.js";
import { budgetMigrations, sqliteBooks } from "./sqlite-books.js";

export interface SqliteBudgetStoreOptions {
  /** The database file; it is made when missing, its folder is not. It may be the journal's. */
  readonly path: string;
}

/**
 * Counters in one SQLite file that any number of processes share. What has resolved survives a kill of the process.
 *
 * A cut of the power may take the last moments back, but no spending: `dispatch` resolves only once its commit, and with it
 * the hold before it, is on the disk, so that nothing is sent whose hold could be forgotten. The other commits wait for no
 * disk, because what may be lost of them errs to the safe side: a hold that was never sent, a refund, or a settlement,
 * whose dispatched hold is then charged in full as it expires.
 *
 * @throws ArmatureError `CONFIG_INVALID` when the file cannot be opened, is no database, or is of a newer version
 */
export function sqliteBudgetStore(options: SqliteBudgetStoreOptions): BudgetStore & { close(): Promise<void> } {
  return new SqliteBudgetStore(options);
}

class SqliteBudgetStore implements BudgetStore {
  readonly #file: SqliteFile;
  readonly #books: Books;
  #closed = false;

  constructor({ path }: SqliteBudgetStoreOptions) {
    this.#file = openSqlite({ path, migrations: budgetMigrations, what: "budget store", code: "CONFIG_INVALID" });
    this.#books = sqliteBooks(this.#file.database);
  }

  async hold(request: HoldRequest): Promise<HoldResult> {
    return orThrow(await this.#commit(() => ledger.hold(this.#books, request)));
  }

  dispatch(attemptId: string, now: number): Promise<boolean> {
    if (this.#closed) return Promise.reject(new Error("The budget store is closed"));
    return this.#file.commits.addSynced(() => ledger.dispatch(this.#books, attemptId, now));
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
    await this.#file.close();
  }

  #commit<Result>(run: () => Result): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error("The budget store is closed"));
    return this.#file.commits.add(run);
  }
}
