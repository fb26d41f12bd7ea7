import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeJournal } from "@armature/testkit";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openingOf, recordOf } from "./records.fixture.js";
import { sqliteJournal } from "./sqlite-journal.js";

let folder: string;
let path: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal.db");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  rmSync(folder, { recursive: true });
});

function journalAt(file: string) {
  const journal = sqliteJournal({ path: file });
  opened.push(journal);
  return journal;
}

describe("the SQLite journal", () => {
  let files = 0;
  describeJournal(() => journalAt(join(folder, `${++files}.db`)));

  test("leaves nothing of an erased text in the files", async () => {
    const journal = journalAt(path);
    const canary = "canary-7f3a91";
    const record = recordOf("r1", { tenant: "acme" });
    const long = `${canary} `.repeat(2_000);
    await journal.write({
      ...record,
      state: { ...record.state, input: long, messages: [{ role: "user", content: long }] },
    });
    const holds = () => [path, `${path}-wal`].some((file) => readFileSync(file).includes(canary));
    expect(holds()).toBe(true);
    expect(await journal.erase({ tenant: "acme" })).toEqual({ from: "journal", removed: { records: 1 } });
    expect(holds()).toBe(false);
  });

  test("says with its code that it could not be written as it was closed", async () => {
    const journal = sqliteJournal({ path });
    const other = new Database(path);
    other.exec("DROP TABLE processes");
    other.close();
    await expect(journal.close()).rejects.toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
      message: expect.stringContaining("could not be written as it was closed"),
    });
    await expect(journal.read("r1")).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
  });

  test("refuses to open a request once the disk has failed: its record could not be kept", async () => {
    const journal = journalAt(path);
    const real = fs.fdatasync;
    const failing = (_descriptor: number, callback: (error: Error) => void) => setImmediate(callback, new Error("EIO"));
    fs.fdatasync = failing as unknown as typeof fs.fdatasync;
    syncBuiltinESMExports();
    const failed = journal.write(recordOf("r1"));
    await expect(failed).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    fs.fdatasync = real;
    syncBuiltinESMExports();
    await expect(journal.open(openingOf("r2"))).rejects.toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
      message: expect.stringContaining("can no longer be synced: EIO"),
    });
    await journalAt(path).open(openingOf("r2"));
  });

  test("reads what was written, also from another connection", async () => {
    const journal = journalAt(path);
    await journal.open(openingOf("r1"));
    expect((await journal.read("r1"))?.status).toBe("open");
    const record = recordOf("r1");
    await journal.write(record);
    expect(await journal.read("r1")).toEqual(record);
    expect(await journalAt(path).read("r1")).toEqual(record);
    expect(await journal.read("unknown")).toBeUndefined();
  });

  test("commits writes of one turn in one transaction, and in another process's eyes none before", async () => {
    const journal = journalAt(path);
    const other = new Database(path);
    const count = () => (other.prepare("SELECT count(*) AS n FROM records").get() as { n: number }).n;
    const writes = Array.from({ length: 50 }, (_, index) => journal.write(recordOf(`r${index}`)));
    expect(count()).toBe(0);
    await writes[0];
    expect(count()).toBe(50);
    await Promise.all(writes);
    other.close();
  });

  test("refuses to open a finished request again and keeps its record", async () => {
    const journal = journalAt(path);
    await journal.write(recordOf("r1"));
    await expect(journal.open(openingOf("r1"))).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    expect((await journal.read("r1"))?.status).toBe("finished");
  });

  test("waits for another writer without failing", async () => {
    const journal = journalAt(path);
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    let settled = false;
    const write = journal.write(recordOf("r1")).then(() => {
      settled = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(settled).toBe(false);
    other.exec("COMMIT");
    await write;
    expect((await journal.read("r1"))?.requestId).toBe("r1");
    other.close();
  });

  test("names a file that is no database, and one of a newer version", () => {
    writeFileSync(path, "this is not a database, however long it may be".repeat(100));
    expect(() => sqliteJournal({ path })).toThrow(expect.objectContaining({ code: "JOURNAL_UNAVAILABLE" }));
    expect(() => sqliteJournal({ path: join(folder, "missing", "journal.db") })).toThrow(/missing/);
    const newer = join(folder, "newer.db");
    const database = new Database(newer);
    database.exec("CREATE TABLE journal_migrations (version INTEGER PRIMARY KEY)");
    database.exec("INSERT INTO journal_migrations VALUES (99)");
    database.close();
    expect(() => sqliteJournal({ path: newer })).toThrow(/version 99/);
  });

  test("rejects after close", async () => {
    const journal = sqliteJournal({ path });
    const write = journal.write(recordOf("r1"));
    await journal.close();
    await write;
    await expect(journal.write(recordOf("r2"))).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    await expect(journal.read("r1")).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
  });

  test("a write that fails spoils no other and says so", async () => {
    const journal = journalAt(path);
    const circular = recordOf("bad") as unknown as { state: Record<string, unknown> };
    circular.state.input = circular;
    const bad = journal.write(circular as never);
    const good = journal.write(recordOf("good"));
    await expect(bad).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    await good;
    expect(await journal.read("good")).toBeDefined();
  });
});
