import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Clock, RecordOpening, RequestRecord } from "@armature/contracts";
import type { SqliteDatabase } from "@armature/sqlite";
import { recordOfOpening } from "./record-row.js";
import { RecordTables } from "./record-tables.js";

/** How often a process says that it lives, and after which silence one on another machine counts as dead. */
const HEARTBEAT_MS = 10_000;
const SILENCE_MS = 60_000;

interface ProcessRow {
  id: string;
  host: string;
  pid: number;
  started: string;
  seen_at: number;
}

/**
 * Says which process is responsible for an open record. On the same machine a process is dead when its pid is gone or
 * belongs to one that started at another time; on another machine or in another container, when its heartbeat stopped.
 */
export class ProcessLease {
  readonly id = randomUUID();
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;
  #cancel: () => void = () => {};

  constructor(database: SqliteDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Registers this process and marks what dead ones left open; one transaction. Returns how many records those are. */
  acquire(): number {
    const take = this.#database.transaction(() => {
      const rows = this.#database.prepare("SELECT * FROM processes").all() as ProcessRow[];
      for (const row of rows) {
        if (!this.#lives(row)) this.#database.prepare("DELETE FROM processes WHERE id = ?").run(row.id);
      }
      this.#database
        .prepare("INSERT INTO processes (id, host, pid, started, seen_at) VALUES (?, ?, ?, ?, ?)")
        .run(this.id, hostname(), process.pid, startOf(process.pid), this.#clock.now());
      return this.#markAbandoned();
    });
    return take.immediate();
  }

  #markAbandoned(): number {
    const dead = this.#database
      .prepare("SELECT request_id, opening FROM openings WHERE owner NOT IN (SELECT id FROM processes)")
      .all() as { request_id: string; opening: string }[];
    const tables = new RecordTables(this.#database, this.id);
    for (const { request_id: requestId, opening } of dead) {
      // A request that had been paused, and died after it was resumed, has a record that says more.
      const record = tables.kept(requestId) ?? recordOfOpening(JSON.parse(opening) as RecordOpening);
      const abandoned: RequestRecord = { ...record, status: "abandoned" };
      tables.write(abandoned, JSON.stringify(abandoned));
    }
    return dead.length;
  }

  /** Calls `beat` every ten seconds until released. */
  keep(beat: () => Promise<unknown>): void {
    const schedule = () => {
      this.#cancel = this.#clock.after(HEARTBEAT_MS, () => {
        // A heartbeat that fails is made up for by the next: the silence limit leaves room for five.
        beat().then(schedule, schedule);
      });
    };
    schedule();
  }

  beat(): void {
    this.#database.prepare("UPDATE processes SET seen_at = ? WHERE id = ?").run(this.#clock.now(), this.id);
  }

  release(): void {
    this.#cancel();
    this.#database.prepare("DELETE FROM processes WHERE id = ?").run(this.id);
  }

  #lives(row: ProcessRow): boolean {
    if (row.host !== hostname()) return this.#clock.now() - row.seen_at < SILENCE_MS;
    try {
      process.kill(row.pid, 0);
    } catch (error) {
      // EPERM: it lives and belongs to somebody else.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
    return row.started === startOf(row.pid);
  }
}

/** When a process started, in the kernel's own count: tells a reused pid apart. Empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold blanks; the start time is the 20th after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
