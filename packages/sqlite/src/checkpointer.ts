import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Database } from "libsql";

/** Commits after which a file counts as busy, and the most after which its log is then looked at. */
const BUSY_COMMITS = 100;

/** Pages after which a busy log is moved: a large burst of writes holds up the syncs of the commits beside it. */
const CHUNK_PAGES = 500;

/** Pages of the log at which a commit moves them itself: the default, and once a thread does it. */
const OWN_PAGES = 1_000;
const BACKSTOP_PAGES = 32_000;

/** Pages after which the log begins anew: nobody can write for a moment then, so it is not done often. */
const RESTART_PAGES = 12_000;

/** How many more pages may come before that is tried again, when a reader was in the way. */
const PATIENCE_PAGES = 2_000;

// Plain JavaScript in a string: it runs the same from sources, from a build and in a bundle.
const SCRIPT = `
  const { parentPort, workerData } = require("node:worker_threads");
  const Database = require(workerData.library);
  // So long may a reader keep the writers waiting who wait for the log to begin anew.
  const database = new Database(workerData.path, { timeout: 10 });
  database.pragma("synchronous = NORMAL");
  const checkpoint = (mode) => database.pragma("wal_checkpoint(" + mode + ")")[0];
  let restartAt = workerData.restartPages;
  parentPort.on("message", (isLast) => {
    if (isLast) {
      database.close();
      parentPort.close();
      return;
    }
    let pages = 0;
    try {
      pages = checkpoint("PASSIVE").log;
      if (pages > restartAt) {
        restartAt = pages + workerData.patiencePages;
        // Moves what has come meanwhile: the writers wait for what is left after that, and it is little.
        checkpoint("PASSIVE");
        if (checkpoint("RESTART").busy === 0) restartAt = workerData.restartPages;
      }
    } catch {
      // Somebody else holds the file: the next request, or the commit that reaches the backstop, does it.
    }
    parentPort.postMessage(pages);
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
  /** Commits since the last request, those before it, and how many are to lie between two. */
  #commits = 0;
  #asked = 0;
  #interval = BUSY_COMMITS;
  /** Pages in the log at the last request. */
  #pages = 0;
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
    if (this.#commits < this.#interval || this.#running) return;
    this.#worker ??= this.#start();
    this.#running = true;
    this.#asked = this.#commits;
    this.#commits = 0;
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
    const workerData = { path: this.#path, library, restartPages: RESTART_PAGES, patiencePages: PATIENCE_PAGES };
    const worker = new Worker(SCRIPT, { eval: true, workerData });
    // It must not keep a process alive that has nothing else to do.
    worker.unref();
    this.#database.pragma(`wal_autocheckpoint = ${BACKSTOP_PAGES}`);
    worker.on("message", (pages: number) => {
      this.#running = false;
      this.#learn(pages);
    });
    worker.on("error", () => {
      this.#hasFailed = true;
      // Without the thread the commits do it themselves again.
      if (!this.#isClosed) this.#database.pragma(`wal_autocheckpoint = ${OWN_PAGES}`);
    });
    return worker;
  }

  /** How many commits fill a chunk depends on how large they are. */
  #learn(pages: number): void {
    // A log that is shorter than before has begun anew.
    const added = pages < this.#pages ? pages : pages - this.#pages;
    this.#pages = pages;
    this.#interval = Math.min(BUSY_COMMITS, Math.ceil((CHUNK_PAGES * this.#asked) / Math.max(1, added)));
  }
}
