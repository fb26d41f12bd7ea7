import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite } from "./open-sqlite.js";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  path = join(folder, "test.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (steps: readonly string[], owner = "test", file = path) =>
  openSqlite({ path: file, migrations: { owner, steps }, what: "test file", code: "JOURNAL_UNAVAILABLE" });

describe("opening", () => {
  test("applies each migration once, in order", async () => {
    const first = open(["CREATE TABLE a (x)"]);
    first.database.exec("INSERT INTO a VALUES (1)");
    await first.close();
    const second = open(["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y DEFAULT 7"]);
    expect(second.database.prepare("SELECT * FROM a").all()).toEqual([{ x: 1, y: 7 }]);
    await second.close();
  });

  test("two owners share a file, each with its own version", async () => {
    const one = open(["CREATE TABLE a (x)", "CREATE TABLE b (x)"], "one");
    const two = open(["CREATE TABLE c (x)"], "two");
    const tables = two.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    expect(tables).toEqual(["a", "b", "c", "one_migrations", "two_migrations"].map((name) => ({ name })));
    await Promise.all([one.close(), two.close()]);
  });

  test("who opens a file that is open shares its connection, until the last one closes it", async () => {
    const one = open(["CREATE TABLE a (x UNIQUE)"], "one");
    const two = open(["CREATE TABLE b (x)"], "two", join(folder, ".", "test.db"));
    expect(two.database).toBe(one.database);
    const begun: unknown[] = [];
    const note = () => begun.push(one.database.inTransaction);
    await Promise.all([one.commits.add(note), two.commits.add(note)]);
    expect(begun).toEqual([true, true]);
    await one.close();
    await two.commits.add(() => two.database.exec("INSERT INTO b VALUES (1)"));
    await two.close();
    expect(() => two.database.exec("SELECT 1")).toThrow();
    const anew = open([], "none");
    expect(anew.database).not.toBe(one.database);
    await anew.close();
  });

  test("syncs a file that is opened by a link", async () => {
    await open([]).close();
    symlinkSync(path, join(folder, "link.db"));
    const file = open(["CREATE TABLE a (x)"], "test", join(folder, "link.db"));
    await file.commits.addSynced(() => file.database.exec("INSERT INTO a VALUES (1)"));
    await file.close();
  });

  test("a file that is deleted or replaced under its connection takes no more writes, and is opened anew", async () => {
    const file = open(["CREATE TABLE a (x)"]);
    const insert = (into: typeof file) => into.commits.addSynced(() => into.database.exec("INSERT INTO a VALUES (1)"));
    await insert(file);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`);
    await expect(insert(file)).rejects.toThrow(/test\.db was deleted or replaced/);
    const anew = open(["CREATE TABLE a (x)"]);
    await insert(anew);
    expect(anew.database.prepare("SELECT * FROM a").all()).toEqual([{ x: 1 }]);
    await expect(insert(file)).rejects.toThrow(/deleted or replaced/);
    await Promise.all([file.close(), anew.close()]);
  });

  test("what fails to open a file that is open leaves it open", async () => {
    const file = open(["CREATE TABLE a (x)"]);
    expect(() => open(["CREATE NONSENSE"], "other")).toThrow(/syntax/);
    expect(file.database.prepare("SELECT * FROM a").all()).toEqual([]);
    await file.close();
  });

  test("a migration that fails leaves the file as it was", async () => {
    expect(() => open(["CREATE TABLE a (x)", "CREATE NONSENSE"])).toThrow();
    const file = open(["CREATE TABLE a (x)"]);
    expect(file.database.prepare("SELECT * FROM a").all()).toEqual([]);
    await file.close();
  });

  test("refuses a file of a newer version, no database, a missing folder and a place without a log, by name", async () => {
    await open(["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).close();
    const coded = expect.objectContaining({ code: "JOURNAL_UNAVAILABLE" });
    expect(() => open(["CREATE TABLE a (x)"])).toThrow(/test\.db.*version 2/);
    const text = join(folder, "text.db");
    writeFileSync(text, "no database at all, however long this may be".repeat(100));
    expect(() => open([], "test", text)).toThrow(coded);
    const nowhere = join(folder, "missing", "x.db");
    expect(() => open([], "test", nowhere)).toThrow(`there is no folder ${join(folder, "missing")}; make it first`);
    expect(() => open([], "test", folder)).toThrow("it is a folder; name a file");
    expect(() => open([], "test", ":memory:")).toThrow(/write-ahead log/);
  });

  test("runs what prepares the file after the migrations, and closes it when that throws", async () => {
    const seen: unknown[] = [];
    const prepare = (database: { prepare(sql: string): { all(): unknown[] } }) => {
      seen.push(database.prepare("SELECT * FROM a").all());
      throw new Error("not today");
    };
    const migrations = { owner: "test", steps: ["CREATE TABLE a (x)"] };
    expect(() => openSqlite({ path, migrations, what: "test file", code: "CONFIG_INVALID", prepare })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("not today") }),
    );
    expect(seen).toEqual([[]]);
  });
});
