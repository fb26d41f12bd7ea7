import { closeSync, fdatasync, openSync, statSync } from "node:fs";

/** How many syncs run at a time: what is committed while a slow one runs need not wait for its end to be on its way. */
export const SYNCS_AT_A_TIME = 2;

/**
 * Puts a write-ahead log on the disk without blocking the event loop. Two syncs run at a time; those who ask while both
 * run share the next one.
 *
 * The log is opened beside SQLite's own descriptor: a sync belongs to the file, not to the descriptor, and SQLite keeps
 * no lock on the log that closing a second descriptor could drop. The file stays the same one for as long as a
 * connection is open: only the last connection to close may delete it.
 */
export class WalSync {
  readonly #databasePath: string;
  readonly #inode: number;
  /** One for each sync that runs: the system tells a descriptor once of what it could not write. */
  readonly #descriptors: number[] = [];
  #begun = 0;
  #queued: Promise<void> | undefined;
  /** The two that were asked for last, the older one first. */
  #last: readonly [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];

  constructor(databasePath: string) {
    this.#databasePath = databasePath;
    this.#inode = statSync(databasePath).ino;
  }

  /**
   * Resolves when everything that had been committed before this call is on the disk. After a sync has failed, every
   * later one rejects too: the system may have dropped what it could not write, so only opening the file anew tells.
   * So it is where the database has been deleted or replaced.
   */
  sync(): Promise<void> {
    if (this.#queued) return this.#queued;
    const [older, younger] = this.#last;
    const queued = older.then(async () => {
      this.#queued = undefined;
      await this.#run();
      await younger;
    });
    this.#queued = queued;
    this.#last = [younger, queued];
    return queued;
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }

  #run(): Promise<void> {
    // What was deleted while it was open takes writes and syncs like any file, and nobody will ever read them.
    if (statSync(this.#databasePath, { throwIfNoEntry: false })?.ino !== this.#inode) {
      throw new Error(`${this.#databasePath} was deleted or replaced while it was open`);
    }
    // By turns: the one before the last has ended.
    const turn = this.#begun++ % SYNCS_AT_A_TIME;
    this.#descriptors[turn] ??= openSync(`${this.#databasePath}-wal`, "r+");
    const descriptor = this.#descriptors[turn];
    return new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
    });
  }
}
