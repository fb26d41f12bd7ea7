import type { Database } from "libsql";

/** One write of a batch: `run` executes its statement inside the transaction and says what its promise resolves to. */
interface Entry<Result = unknown> {
  readonly run: () => Result;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** The most milliseconds for which another process may hold the file before the writes that wait are given up. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_PAUSE_MS = 3;

/** How long a batch is kept open for company, once there has been some. */
const COMPANY_MS = 1;

/**
 * Writes that arrive close together share one transaction, and therefore one fsync; each promise settles only after
 * the COMMIT of its batch. A lone write is committed at the end of its turn of the event loop. As soon as batches have
 * more than one entry, the next one waits a millisecond for company: under load that halves the commits.
 *
 * The transaction runs synchronously: on an embedded file that costs a third of the CPU of the asynchronous
 * interface. Only waiting for another process is asynchronous.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #begin: () => unknown;
  readonly #commit: () => unknown;
  #entries: Entry[] = [];
  #scheduled = false;
  #crowded = false;
  #busySince: number | undefined;
  #idle: (() => void)[] = [];

  constructor(database: Database) {
    this.#database = database;
    const begin = database.prepare("BEGIN IMMEDIATE");
    const commit = database.prepare("COMMIT");
    this.#begin = () => begin.run();
    this.#commit = () => commit.run();
  }

  /** Runs `run` inside the next transaction; whatever it throws rejects this promise and undoes the whole batch. */
  add<Result>(run: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#entries.push({ run, resolve, reject } as Entry);
      if (this.#scheduled) return;
      this.#scheduled = true;
      if (this.#crowded) setTimeout(() => this.#flush(), COMPANY_MS);
      else setImmediate(() => this.#flush());
    });
  }

  /** Resolves when everything that was added has settled. */
  drain(): Promise<void> {
    if (!this.#scheduled) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #flush(): void {
    try {
      this.#begin();
    } catch (error) {
      if (isBusy(error) && this.#mayWait()) {
        setTimeout(() => this.#flush(), BUSY_PAUSE_MS);
        return;
      }
      this.#finish((entry) => entry.reject(error));
      return;
    }
    try {
      const results = this.#entries.map((entry) => entry.run());
      this.#commit();
      this.#finish((entry, index) => entry.resolve(results[index]));
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      this.#finish((entry) => entry.reject(error));
    }
  }

  #mayWait(): boolean {
    this.#busySince ??= performance.now();
    return performance.now() - this.#busySince < BUSY_LIMIT_MS;
  }

  #finish(settle: (entry: Entry, index: number) => void): void {
    const done = this.#entries;
    this.#entries = [];
    this.#scheduled = false;
    this.#busySince = undefined;
    this.#crowded = done.length > 1;
    done.forEach(settle);
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
