import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ArmatureError, type FailureCode } from "@armature/contracts";
import Database from "libsql";
import { Checkpointer } from "./checkpointer.js";
import { GroupCommit, isBusy } from "./group-commit.js";
import { type Migrations, migrate } from "./migrate.js";
import { WalSync } from "./wal-sync.js";

/** libsql's connection and prepared statement; the interface is better-sqlite3's. */
export type SqliteDatabase = Database.Database;
export type SqliteStatement = Database.Statement;

export interface SqliteOptions {
  /** The database file; it is made when missing, its folder is not. */
  readonly path: string;
  readonly migrations: Migrations;
  /** What the file is to its owner, and the code when it cannot be opened: "journal", `JOURNAL_UNAVAILABLE`. */
  readonly what: string;
  readonly code: FailureCode;
  /** Overwrites what an update or a deletion frees inside the pages that it writes anyway. */
  readonly secureDelete?: boolean;
  /** Runs once the schema stands, while another process that writes is still waited for. */
  readonly prepare?: (database: SqliteDatabase) => void;
}

/** An open file. Reads go to `database`, writes through `commits`. */
export interface SqliteFile {
  readonly database: SqliteDatabase;
  readonly commits: GroupCommit;
  /**
   * Moves the whole log into the database and cuts it to nothing, so that nothing that was overwritten is left in it.
   * Resolves `false` when a reader elsewhere is in the way for too long.
   */
  emptyLog(): Promise<boolean>;
  /** Waits for what has been added, then closes. */
  close(): Promise<void>;
}

// Milliseconds for which opening waits for another process that writes. Later writes wait without blocking the loop.
const OPEN_BUSY_MS = 10_000;

/** A connection, and how many have opened it. */
interface Connection {
  readonly database: SqliteDatabase;
  readonly commits: GroupCommit;
  readonly log: WalSync;
  readonly checkpointer: Checkpointer;
  users: number;
}

/** By absolute path. Two connections of one process would throw away each other's cached pages with every commit. */
const connections = new Map<string, Connection>();

/**
 * Opens a SQLite file that several processes may use: write-ahead log, newest schema, group commit. SQLite itself syncs
 * at checkpoints only (`synchronous=NORMAL`); a write that must survive a cut of the power asks for its own sync with
 * `commits.addSynced`. Whoever opens a file that is open in this process shares its connection, and with it transactions;
 * the last one to close closes it.
 *
 * @throws ArmatureError with the given code when the file cannot be opened, is no database, is of a newer version, or
 * lies where no write-ahead log is possible
 */
export function openSqlite(options: SqliteOptions): SqliteFile {
  const { path, what, code } = options;
  const key = resolve(path);
  const known = connections.get(key);
  // After a failed sync only a connection of its own can tell what is on the disk.
  const shared = known?.commits.syncFailure === undefined ? known : undefined;
  let database = shared?.database;
  try {
    database ??= connect(path);
    prepareFor(options, database);
  } catch (cause) {
    if (!shared) database?.close();
    const why = misplaced(path) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new ArmatureError(code, `The ${what} ${path} could not be opened: ${why}`, { cause });
  }
  const connection = shared ?? connectionOf(database, path);
  connection.users += 1;
  connections.set(key, connection);
  return fileOf(connection, () => {
    if (connections.get(key) === connection) connections.delete(key);
  });
}

function connect(path: string): SqliteDatabase {
  const database = new Database(path, { timeout: OPEN_BUSY_MS });
  try {
    // Heard by a new file only: free pages can then be given back without copying the file.
    database.pragma("auto_vacuum = INCREMENTAL");
    const [mode] = database.pragma("journal_mode = WAL") as { journal_mode: string }[];
    if (mode?.journal_mode !== "wal") throw new Error("a write-ahead log is not possible there; use a local disk");
    database.pragma("synchronous = NORMAL");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareFor({ migrations, secureDelete = false, prepare }: SqliteOptions, database: SqliteDatabase): void {
  database.pragma(`busy_timeout = ${OPEN_BUSY_MS}`);
  try {
    if (secureDelete) database.pragma("secure_delete = ON");
    migrate(database, migrations);
    prepare?.(database);
  } finally {
    database.pragma("busy_timeout = 0");
  }
}

function connectionOf(database: SqliteDatabase, path: string): Connection {
  // SQLite puts the log beside the file itself, also where it was opened by a link. The checkpointer opens the file later,
  // when a relative path may lead elsewhere.
  const file = realpathSync(path);
  const log = new WalSync(file);
  const checkpointer = new Checkpointer(database, file);
  const commits = new GroupCommit(database, log, () => checkpointer.committed());
  return { database, commits, log, checkpointer, users: 0 };
}

/** What is wrong with the place, where SQLite itself has a number for it only. */
function misplaced(path: string): string | undefined {
  if (!existsSync(dirname(path))) return `there is no folder ${dirname(path)}; make it first`;
  return existsSync(path) && statSync(path).isDirectory() ? "it is a folder; name a file" : undefined;
}

/** How often, and at which distance in milliseconds, the log is tried to be emptied while others use it. */
const EMPTY_ATTEMPTS = 50;
const EMPTY_PAUSE_MS = 10;

function isLogEmptied(database: SqliteDatabase): boolean {
  try {
    const [result] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
    return result?.busy === 0;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/** @param forget called by the last one to close, before the connection does */
function fileOf(connection: Connection, forget: () => void): SqliteFile {
  const { database, commits, log, checkpointer } = connection;
  return {
    database,
    commits,
    async emptyLog() {
      for (let attempt = 0; attempt < EMPTY_ATTEMPTS; attempt++) {
        if (attempt > 0) await new Promise((done) => setTimeout(done, EMPTY_PAUSE_MS));
        if (isLogEmptied(database)) return true;
      }
      return false;
    },
    async close() {
      await commits.drain();
      connection.users -= 1;
      if (connection.users > 0) return;
      forget();
      await checkpointer.close();
      log.close();
      database.close();
    },
  };
}
