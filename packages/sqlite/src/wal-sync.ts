import { closeSync, fdatasync, openSync } from "node:fs";

/**
 * Puts a write-ahead log on the disk without blocking the event loop. One sync runs at a time; those who ask while it
 * runs share the next one.
 *
 * The log is opened beside SQLite's own descriptor: a sync belongs to the file, not to the descriptor, and SQLite keeps
 * no lock on the log that closing a second descriptor could drop. The file stays the same one for as long as a
 * connection is open: only the last connection to close may delete it.
 */
export class WalSync {
  readonly #path: string;
  #descriptor: number | undefined;
  #queued: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /**
   * Resolves when everything that had been committed before this call is on the disk. After a sync has failed, every
   * later one rejects too: the system may have dropped what it could not write, so only opening the file anew tells.
   */
  sync(): Promise<void> {
    if (this.#queued) return this.#queued;
    const queued = this.#last.then(() => {
      this.#queued = undefined;
      return this.#run();
    });
    this.#queued = queued;
    this.#last = queued;
    return queued;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #run(): Promise<void> {
    this.#descriptor ??= openSync(this.#path, "r+");
    const descriptor = this.#descriptor;
    return new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
    });
  }
}
