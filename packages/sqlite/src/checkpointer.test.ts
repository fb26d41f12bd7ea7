import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite, type SqliteFile } from "./open-sqlite.js";

const migrations = { owner: "test", steps: ["CREATE TABLE entries (text TEXT)"] };
const PAGE = 4_096;

let folder: string;
let path: string;
let file: SqliteFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  path = join(folder, "test.db");
  file = openSqlite({ path, migrations, what: "test file", code: "JOURNAL_UNAVAILABLE", secureDelete: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(commits: number, bytes: number): Promise<void> {
  const insert = file.database.prepare("INSERT INTO entries VALUES (?)");
  for (let index = 0; index < commits; index++) await file.commits.add(() => insert.run(["x".repeat(bytes)]));
}

const logPages = () => statSync(`${path}-wal`).size / PAGE;

describe("checkpoints", () => {
  test("a busy file's log is moved by another thread, and does not grow without end", async () => {
    // 40,000 pages and more, of which the commits themselves would move none before 32,000.
    for (let burst = 0; burst < 40; burst++) {
      await write(25, 40 * PAGE);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(logPages()).toBeLessThan(32_000);
    await file.close();
    const other = new Database(path);
    expect(other.prepare("SELECT count(*) AS n FROM entries").get()).toMatchObject({ n: 1_000 });
    expect(other.pragma("integrity_check")).toMatchObject([{ integrity_check: "ok" }]);
    other.close();
  });

  test("a file that was opened by a relative path is moved also where the process has changed its folder since", async () => {
    const here = process.cwd();
    await file.close();
    process.chdir(folder);
    file = openSqlite({ path: "test.db", migrations, what: "test file", code: "JOURNAL_UNAVAILABLE" });
    const elsewhere = mkdtempSync(join(tmpdir(), "sqlite-"));
    process.chdir(elsewhere);
    try {
      await write(150, PAGE);
      await file.close();
      expect(readdirSync(elsewhere)).toEqual([]);
    } finally {
      process.chdir(here);
      rmSync(elsewhere, { recursive: true });
    }
  });

  test("emptying the log leaves nothing of what was overwritten, and waits for a reader in the way", async () => {
    const canary = "canary-0f51";
    await file.commits.add(() => file.database.prepare("INSERT INTO entries VALUES (?)").run([canary]));
    await file.commits.add(() => file.database.prepare("DELETE FROM entries").run());
    const reader = new Database(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT * FROM entries").all();
    setTimeout(() => reader.exec("COMMIT"), 50);
    expect(await file.emptyLog()).toBe(true);
    for (const name of [path, `${path}-wal`]) expect(readFileSync(name).includes(canary)).toBe(false);
    reader.exec("BEGIN");
    reader.prepare("SELECT * FROM entries").all();
    await file.commits.add(() => file.database.prepare("INSERT INTO entries VALUES ('more')").run());
    expect(await file.emptyLog()).toBe(false);
    reader.close();
    await file.close();
  });
});
