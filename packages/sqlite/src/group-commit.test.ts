import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WatchedDisk } from "./disk.fixture.js";
import { openSqlite, type SqliteFile } from "./open-sqlite.js";

const migrations = { owner: "test", steps: ["CREATE TABLE entries (name TEXT PRIMARY KEY)"] };

let folder: string;
let path: string;
let file: SqliteFile;
let disk: WatchedDisk;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  path = join(folder, "test.db");
  file = openSqlite({ path, migrations, what: "test file", code: "JOURNAL_UNAVAILABLE" });
  disk = new WatchedDisk();
});

afterEach(async () => {
  disk.release();
  await file.close();
  disk.restore();
  rmSync(folder, { recursive: true });
});

function insert(name: string): () => string {
  return () => {
    file.database.prepare("INSERT INTO entries VALUES (?)").run([name]);
    return name;
  };
}

function names(): string[] {
  const rows = file.database.prepare("SELECT name FROM entries ORDER BY name").all() as { name: string }[];
  return rows.map(({ name }) => name);
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
/** Frames of the log that end a transaction: those whose second word says how large the file is then. */
function transactions(): number {
  const log = readFileSync(`${path}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at < log.length; at += frameBytes) if (log.readUInt32BE(at + 4) > 0) count += 1;
  return count;
}

const work = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("group commit", () => {
  test("writes that arrive together are one transaction", async () => {
    const before = transactions();
    const all = await Promise.all(["a", "b", "c"].map((name) => file.commits.add(insert(name))));
    expect(all).toEqual(["a", "b", "c"]);
    expect(transactions()).toBe(before + 1);
  });

  test("in a busy loop a batch is kept open for longer", async () => {
    let written = 0;
    /** Whether a write that comes one and a half milliseconds after another shares its transaction. */
    const share = async () => {
      const one = () => insert(`${++written}`);
      await Promise.all([file.commits.add(one()), file.commits.add(one())]);
      const before = transactions();
      const first = file.commits.add(one());
      work(1.5);
      await nextTurn();
      await Promise.all([first, file.commits.add(one())]);
      return transactions() === before + 1;
    };
    await pause(60);
    expect(await share()).toBe(false);
    let shared = 0;
    for (let round = 0; round < 10; round++) {
      work(60);
      if (await share()) shared += 1;
    }
    // Whoever stops this process for a moment makes one of them late.
    expect(shared).toBeGreaterThan(5);
  });

  test("a plain write is committed and does not wait for the disk", async () => {
    await file.commits.add(insert("a"));
    expect(names()).toEqual(["a"]);
    expect(disk.begun).toBe(0);
  });

  test("a synced write resolves only after a sync that began after its commit", async () => {
    disk.hold();
    let resolved = false;
    const write = file.commits.addSynced(insert("a")).then(() => {
      resolved = true;
    });
    await pause(20);
    expect(names()).toEqual(["a"]);
    expect([disk.begun, disk.ended, resolved]).toEqual([1, 0, false]);
    disk.release();
    await write;
    expect(disk.ended).toBe(1);
  });

  test("one batch of both kinds: the plain ones do not wait, the synced ones share one sync", async () => {
    disk.hold();
    const synced = ["a", "b"].map((name) => file.commits.addSynced(insert(name)));
    expect(await file.commits.add(insert("c"))).toBe("c");
    await nextTurn();
    disk.release();
    await Promise.all(synced);
    expect([disk.begun, disk.ended]).toEqual([1, 1]);
  });

  test("writes that come while a sync runs are committed, and share a second one beside it", async () => {
    disk.hold();
    const first = file.commits.addSynced(insert("a"));
    await pause(10);
    const rest = ["b", "c", "d"].map((name) => file.commits.addSynced(insert(name)));
    await pause(10);
    expect(names()).toEqual(["a", "b", "c", "d"]);
    expect([disk.begun, disk.ended]).toEqual([2, 0]);
    disk.release();
    await Promise.all([first, ...rest]);
    expect(disk.ended).toBe(2);
  });

  test("writes that come while two syncs run share the next one", async () => {
    disk.hold();
    const running = [file.commits.addSynced(insert("a"))];
    await pause(10);
    running.push(file.commits.addSynced(insert("b")));
    await pause(10);
    const rest = ["c", "d"].map((name) => file.commits.addSynced(insert(name)));
    await pause(10);
    expect(names()).toEqual(["a", "b"]);
    expect(disk.begun).toBe(2);
    disk.release();
    await Promise.all([...running, ...rest]);
    expect(names()).toEqual(["a", "b", "c", "d"]);
    expect(disk.ended).toBe(3);
  });

  test("a sync that ends first does not count before the one that began first", async () => {
    disk.hold();
    const settled: string[] = [];
    const write = (name: string) => file.commits.addSynced(insert(name)).then(() => settled.push(name));
    const writes = [write("a")];
    await pause(10);
    writes.push(write("b"));
    await pause(10);
    disk.releaseLast();
    await pause(20);
    expect([disk.begun, disk.ended, settled]).toEqual([2, 1, []]);
    disk.release();
    await Promise.all(writes);
    expect(settled).toEqual(["a", "b"]);
  });

  test("a plain write does not wait for the syncs that run, and takes along what does", async () => {
    disk.hold();
    const running = [file.commits.addSynced(insert("a"))];
    await pause(10);
    running.push(file.commits.addSynced(insert("b")));
    await pause(10);
    const waiting = file.commits.addSynced(insert("c"));
    expect(await file.commits.add(insert("d"))).toBe("d");
    expect(names()).toEqual(["a", "b", "c", "d"]);
    disk.release();
    await Promise.all([...running, waiting]);
    expect(disk.ended).toBe(3);
  });

  test("sequential synced writes sync each", async () => {
    for (let index = 0; index < 20; index++) await file.commits.addSynced(insert(`n${index}`));
    expect(disk.ended).toBe(20);
  });

  test("what throws undoes what it did, and nothing of those who share its batch", async () => {
    await file.commits.add(insert("a"));
    const spoiling = () => {
      insert("d")();
      insert("a")();
    };
    const batch = [
      file.commits.add(insert("b")),
      file.commits.addSynced(spoiling),
      file.commits.addSynced(insert("c")),
    ];
    const results = await Promise.allSettled(batch);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(names()).toEqual(["a", "b", "c"]);
    expect(disk.ended).toBe(1);
  });

  test("each of a batch in which one threw waits for another process too", async () => {
    await file.commits.add(insert("a"));
    const other = new Database(path);
    // Another process takes the lock in the moment in which the batch has been undone.
    const undo = file.database.exec.bind(file.database);
    file.database.exec = (sql) => {
      file.database.exec = undo;
      undo(sql);
      other.exec("BEGIN IMMEDIATE");
      return file.database;
    };
    const batch = Promise.allSettled([file.commits.add(insert("a")), file.commits.add(insert("b"))]);
    await pause(60);
    expect(names()).toEqual(["a"]);
    other.exec("COMMIT");
    expect((await batch).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(names()).toEqual(["a", "b"]);
    other.close();
  });

  test("after a failed sync nothing counts as synced any more", async () => {
    disk.error = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
    await expect(file.commits.addSynced(insert("a"))).rejects.toThrow("EIO");
    disk.error = null;
    expect(file.commits.syncFailure).toMatchObject({ code: "EIO" });
    for (const name of ["b", "c", "d"]) await expect(file.commits.addSynced(insert(name))).rejects.toThrow("EIO");
    await file.commits.add(insert("e"));
    expect(names()).toContain("e");
  });

  test("a sync that fails takes along the one that began beside it", async () => {
    disk.hold();
    const first = file.commits.addSynced(insert("a"));
    await pause(10);
    const second = file.commits.addSynced(insert("b"));
    const both = Promise.allSettled([first, second]);
    await pause(10);
    disk.failFirst(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
    disk.release();
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  test("waits for another process without failing, and gives up in the end", async () => {
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    let settled = false;
    const write = file.commits.add(insert("a")).finally(() => {
      settled = true;
    });
    await pause(60);
    expect(settled).toBe(false);
    other.exec("COMMIT");
    expect(await write).toBe("a");
    other.exec("BEGIN IMMEDIATE");
    await expect(file.commits.add(insert("b"))).rejects.toMatchObject({ code: "SQLITE_BUSY" });
    other.exec("COMMIT");
    other.close();
  });

  test("draining waits for the disk too", async () => {
    await file.commits.drain();
    disk.hold();
    const order: string[] = [];
    const write = file.commits.addSynced(insert("a")).then(() => order.push("written"));
    const drained = file.commits.drain().then(() => order.push("drained"));
    await pause(10);
    disk.release();
    await Promise.all([write, drained]);
    expect(order).toEqual(["written", "drained"]);
  });
});
