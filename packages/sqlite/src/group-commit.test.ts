import { mkdtempSync, rmSync } from "node:fs";
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
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("group commit", () => {
  test("writes that arrive together are one transaction", async () => {
    const other = new Database(path);
    const version = () => (other.pragma("data_version") as { data_version: number }[])[0]?.data_version ?? 0;
    const before = version();
    const all = await Promise.all(["a", "b", "c"].map((name) => file.commits.add(insert(name))));
    expect(all).toEqual(["a", "b", "c"]);
    expect(version()).toBe(before + 1);
    other.close();
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

  test("writes that come while a sync runs share the next one", async () => {
    disk.hold();
    const first = file.commits.addSynced(insert("a"));
    await pause(10);
    const rest = ["b", "c", "d"].map((name) => file.commits.addSynced(insert(name)));
    await pause(10);
    expect(names()).toEqual(["a"]);
    expect(disk.begun).toBe(1);
    disk.release();
    await Promise.all([first, ...rest]);
    expect(names()).toEqual(["a", "b", "c", "d"]);
    expect(disk.ended).toBe(2);
  });

  test("a plain write does not wait for the sync that runs, and takes along what does", async () => {
    disk.hold();
    const first = file.commits.addSynced(insert("a"));
    await pause(10);
    const waiting = file.commits.addSynced(insert("b"));
    expect(await file.commits.add(insert("c"))).toBe("c");
    expect(names()).toEqual(["a", "b", "c"]);
    disk.release();
    await Promise.all([first, waiting]);
    expect(disk.ended).toBe(2);
  });

  test("sequential synced writes sync each", async () => {
    for (let index = 0; index < 20; index++) await file.commits.addSynced(insert(`n${index}`));
    expect(disk.ended).toBe(20);
  });

  test("what throws undoes its batch and no other", async () => {
    await file.commits.add(insert("a"));
    const spoiled = [file.commits.add(insert("b")), file.commits.addSynced(insert("a"))];
    const results = await Promise.allSettled(spoiled);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await file.commits.add(insert("c"));
    expect(names()).toEqual(["a", "c"]);
  });

  test("after a failed sync nothing counts as synced any more", async () => {
    disk.error = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
    await expect(file.commits.addSynced(insert("a"))).rejects.toThrow("EIO");
    disk.error = null;
    await expect(file.commits.addSynced(insert("b"))).rejects.toThrow("EIO");
    expect(disk.begun).toBe(1);
    await file.commits.add(insert("c"));
    expect(names()).toContain("c");
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
