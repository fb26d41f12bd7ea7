import type { Database } from "libsql";
import { LoopLoad } from "./loop-load.js";
import { SYNCS_AT_A_TIME, type WalSync } from "./wal-sync.js";

/** One write of a batch: `run` executes its statements inside the transaction and says what its promise resolves to. */
interface Entry<Result = unknown> {
  readonly run: () => Result;
  readonly synced: boolean;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** The most milliseconds for which another process may hold the file before the writes that wait are given up. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_PAUSE_MS = 1;

/** How long a batch is kept open for company, once there has been some; longer while the event loop is busy. */
const COMPANY_MS = 1;
const BUSY_COMPANY_MS = 3;

/**
 * Writes that arrive close together share one transaction; each promise settles only after the COMMIT of its batch. A
 * lone write is committed at the end of its turn of the event loop. As soon as batches have more than one entry, the
 * next one waits a millisecond for company, and so does a write that is to be synced while a sync runs. While two run, it
 * waits for the end of one: it could not settle before the next. Under load that leaves a fraction of the commits.
 *
 * Where the event loop has hardly a moment left, the wait is three milliseconds. It costs no throughput then, and those
 * who wait together go on together: what they do next meets warm caches and falls into the same batch again. With short
 * waits the requests of a busy process drift apart until each commit has but a few.
 *
 * The transaction runs synchronously: on an embedded file that costs a third of the CPU of the asynchronous interface.
 * Waiting, for another process or for the disk, is asynchronous.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #log: WalSync;
  readonly #committed: () => void;
  readonly #begin: () => unknown;
  readonly #commit: () => unknown;
  #entries: Entry[] = [];
  /** Of a batch in which one threw: each is run again, in a batch of its own. */
  #spoiled: Entry[] = [];
  #scheduled = false;
  #crowded = false;
  readonly #load = new LoopLoad();
  #busySince: number | undefined;
  #unsettled = 0;
  #syncs = 0;
  #syncFailure: unknown;
  #idle: (() => void)[] = [];

  /** @param committed called after every commit */
  constructor(database: Database, log: WalSync, committed: () => void) {
    this.#database = database;
    this.#log = log;
    this.#committed = committed;
    const begin = database.prepare("BEGIN IMMEDIATE");
    const commit = database.prepare("COMMIT");
    this.#begin = () => begin.run();
    this.#commit = () => commit.run();
  }

  /**
   * Runs `run` inside the next transaction; whatever it throws rejects this promise and undoes what it did, and only that.
   * It may run twice: a batch in which one throws is undone, and each of it then runs alone. What has resolved survives a
   * kill of the process; a cut of the power may take the last moments back.
   */
  add<Result>(run: () => Result): Promise<Result> {
    return this.#enter(run, false);
  }

  /** Like `add`, and resolves only once the commit, with all that were before it, has been synced to the disk. */
  addSynced<Result>(run: () => Result): Promise<Result> {
    return this.#enter(run, true);
  }

  /** Why no write can be synced any more: the first sync that failed; `undefined` while the disk does what it is told. */
  get syncFailure(): unknown {
    return this.#syncFailure;
  }

  /** Resolves when everything that was added has settled. */
  drain(): Promise<void> {
    if (this.#unsettled === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #enter<Result>(run: () => Result, synced: boolean): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#entries.push({ run, synced, resolve, reject } as Entry);
      this.#unsettled += 1;
      if (!synced || this.#syncs < SYNCS_AT_A_TIME) this.#schedule(synced);
    });
  }

  #schedule(synced: boolean): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#crowded || (synced && this.#syncs > 0)) {
      setTimeout(() => this.#flush(), this.#load.isBusy ? BUSY_COMPANY_MS : COMPANY_MS);
    } else setImmediate(() => this.#flush());
  }

  #flush(): void {
    do {
      try {
        this.#begin();
      } catch (error) {
        if (isBusy(error) && this.#mayWait()) {
          setTimeout(() => this.#flush(), BUSY_PAUSE_MS);
          return;
        }
        this.#refuse([...this.#spoiled.splice(0), ...this.#takeBatch()], error);
        return;
      }
      const batch = this.#takeBatch();
      const error = this.#run(batch);
      if (error && batch.length > 1) this.#spoiled = batch;
      else if (error) this.#refuse(batch, error.thrown);
    } while (this.#spoiled.length > 0);
  }

  /** Runs a batch in the transaction that has begun, and commits or undoes it. */
  #run(batch: readonly Entry[]): { readonly thrown: unknown } | undefined {
    let results: unknown[];
    try {
      results = batch.map((entry) => entry.run());
      this.#commit();
    } catch (thrown) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      return { thrown };
    }
    this.#settle(batch, results);
    this.#committed();
    return undefined;
  }

  #mayWait(): boolean {
    this.#busySince ??= performance.now();
    return performance.now() - this.#busySince < BUSY_LIMIT_MS;
  }

  #takeBatch(): Entry[] {
    this.#busySince = undefined;
    if (this.#spoiled.length > 0) return this.#spoiled.splice(0, 1);
    const batch = this.#entries;
    this.#entries = [];
    this.#scheduled = false;
    this.#crowded = batch.length > 1;
    return batch;
  }

  #settle(batch: readonly Entry[], results: readonly unknown[]): void {
    const waiting: Entry[] = [];
    const settlements: (() => void)[] = [];
    for (const [index, entry] of batch.entries()) {
      const resolve = () => entry.resolve(results[index]);
      if (entry.synced) {
        waiting.push(entry);
        settlements.push(resolve);
      } else resolve();
    }
    this.#leave(batch.length - waiting.length);
    if (waiting.length === 0) return;
    this.#syncs += 1;
    this.#log.sync().then(
      () => {
        for (const resolve of settlements) resolve();
        this.#leave(waiting.length);
        this.#afterSync();
      },
      (error: unknown) => {
        this.#syncFailure ??= error;
        this.#refuse(waiting, error);
        this.#afterSync();
      },
    );
  }

  /** What has waited for the sync is committed at once: it has had its company. */
  #afterSync(): void {
    this.#syncs -= 1;
    if (this.#scheduled || this.#entries.length === 0) return;
    this.#scheduled = true;
    this.#flush();
  }

  #refuse(entries: readonly Entry[], error: unknown): void {
    for (const entry of entries) entry.reject(error);
    this.#leave(entries.length);
  }

  #leave(count: number): void {
    this.#unsettled -= count;
    if (this.#unsettled > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
