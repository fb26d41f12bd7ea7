import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Database } from "libsql";

/** Commits after which a file counts as busy, and every how many the log is then looked at. */
const BUSY_COMMITS = 100;

/** Pages of the log at which a commit moves them itself: the default, and once a thread does it. */
const OWN_PAGES = 1_000;
const BACKSTOP_PAGES = 16_000;

/** Pages after which the thread waits for a gap between the writes, so that the log begins anew. */
const RESTART_PAGES = 6_000;

// Plain JavaScript in a string: it runs the same from sources, from a build and in a bundle.
const SCRIPT = `
  const { parentPort, workerData } = require("node:worker_threads");
  const Database = require(workerData.library);
  const database = new Database(workerData.path, { timeout: 1000 });
  database.pragma("synchronous = NORMAL");
  parentPort.on("message", (isLast) => {
    if (isLast) {
      database.close();
      parentPort.close();
      return;
    }
    try {
      const [{ log }] = database.pragma("wal_checkpoint(PASSIVE)");
      if (log > workerData.restartPages) database.pragma("wal_checkpoint(RESTART)");
    } catch {
      // Somebody else holds the file: the next request, or the commit that reaches the backstop, does it.
    }
    parentPort.postMessage(null);
  });
`;

/**
 * Moves the pages of the log into the database on a thread of its own, once there is enough to move: a checkpoint syncs
 * two files, and as part of a commit it would hold the event loop up for as long. A file that is written to now and then
 * never starts the thread; its commits do the little there is.
 */
export class Checkpointer {
  readonly #path: string;
  readonly #database: Database;
  #worker: Worker | undefined;
  #commits = 0;
  #running = false;
  #hasFailed = false;
  #isClosed = false;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    database.pragma(`wal_autocheckpoint = ${OWN_PAGES}`);
  }

  /** Counts a commit, and asks for a checkpoint when it is time. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits % BUSY_COMMITS !== 0 || this.#running) return;
    this.#worker ??= this.#start();
    this.#running = true;
    this.#worker.postMessage(false);
  }

  /** Resolves when the thread has let go of the file. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#isClosed = true;
    if (!worker || this.#hasFailed) return;
    worker.ref();
    worker.postMessage(true);
    await once(worker, "exit");
  }

  #start(): Worker {
    const library = createRequire(import.meta.url).resolve("libsql");
    const workerData = { path: this.#path, library, restartPages: RESTART_PAGES };
    const worker = new Worker(SCRIPT, { eval: true, workerData });
    // It must not keep a process alive that has nothing else to do.
    worker.unref();
    this.#database.pragma(`wal_autocheckpoint = ${BACKSTOP_PAGES}`);
    worker.on("message", () => {
      this.#running = false;
    });
    worker.on("error", () => {
      this.#hasFailed = true;
      // Without the thread the commits do it themselves again.
      if (!this.#isClosed) this.#database.pragma(`wal_autocheckpoint = ${OWN_PAGES}`);
    });
    return worker;
  }
}
