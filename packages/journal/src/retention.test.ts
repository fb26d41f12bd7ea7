import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { virtualClock } from "@armature/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openingOf, recordOf } from "./records.fixture.js";
import { type SqliteJournal, type SqliteJournalOptions, sqliteJournal } from "./sqlite-journal.js";

const DAY = 86_400_000;

let folder: string;
let path: string;
let journal: SqliteJournal | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal.db");
});
afterEach(async () => {
  await journal?.close();
  rmSync(folder, { recursive: true });
});

function open(more: Partial<SqliteJournalOptions> = {}): SqliteJournal {
  journal = sqliteJournal({ path, ...more });
  return journal;
}

/** A record of about a thousand bytes more than an empty one. */
function record(requestId: string, more: Parameters<typeof recordOf>[1] = {}) {
  const base = recordOf(requestId, more);
  return { ...base, state: { ...base.state, input: "x".repeat(1_000) } };
}

const ids = async () => (await journal!.find({ limit: 10_000 })).map(({ requestId }) => requestId);

describe("retention", () => {
  test("by age: what is older goes, with its feedback; what is paused or runs stays", async () => {
    const clock = virtualClock();
    open({ clock });
    const acceptedAt = clock.now();
    await journal!.write(record("old", { acceptedAt }));
    await journal!.feedback("old", { score: 1, at: acceptedAt });
    await journal!.write(record("waits", { acceptedAt, status: "paused", result: null }));
    await journal!.open(openingOf("runs", { acceptedAt }));
    await journal!.write(record("dead", { acceptedAt, status: "abandoned", result: null }));
    await clock.advance(2 * DAY);
    await journal!.write(record("new", { acceptedAt: clock.now() }));
    expect(await journal!.retain([{ maxAgeMs: 3 * DAY }])).toEqual({ records: 0, bytes: 0 });
    const receipt = await journal!.retain([{ maxAgeMs: DAY }]);
    expect(receipt.records).toBe(2);
    expect(receipt.bytes).toBeGreaterThan(2_000);
    expect((await ids()).sort()).toEqual(["new", "runs", "waits"]);
    expect(await journal!.feedback("old", { score: 1, at: 0 })).toBe(false);
  });

  test("by size: the oldest go until the rest fits", async () => {
    open();
    for (let index = 0; index < 10; index++) await journal!.write(record(`r${index}`, { acceptedAt: index }));
    const bytes = JSON.stringify(record("r0", { acceptedAt: 0 })).length;
    await journal!.retain([{ maxBytes: 4 * bytes + 10 }]);
    expect(await ids()).toEqual(["r9", "r8", "r7", "r6"]);
    expect(await journal!.retain([{ maxBytes: 4 * bytes + 10 }])).toEqual({ records: 0, bytes: 0 });
  });

  test("by size: two processes that keep the same rule do not remove twice as much", async () => {
    open();
    const of = (index: number) => record(`r${String(index).padStart(4, "0")}`, { acceptedAt: index });
    const bytes = JSON.stringify(of(1_000)).length;
    await Promise.all(Array.from({ length: 4_000 }, (_, index) => journal!.write(of(index))));
    // By another name: in one process, files of one name share a connection.
    symlinkSync(path, `${path}-too`);
    const other = sqliteJournal({ path: `${path}-too` });
    const rule = { maxBytes: 2_000 * bytes };
    const receipts = await Promise.all([journal!.retain([rule]), other.retain([rule])]);
    await other.close();
    const left = await ids();
    expect(left.length).toBeGreaterThanOrEqual(2_000);
    expect(left.length).toBeLessThan(2_010);
    expect(receipts.reduce((sum, { records }) => sum + records, 0)).toBe(4_000 - left.length);
  });

  test("by tenant: exactly its records", async () => {
    open();
    for (const tenant of ["acme", "acme2", undefined]) {
      await journal!.write(record(`of ${tenant}`, { acceptedAt: 0, ...(tenant && { tenant }) }));
    }
    expect((await journal!.retain([{ tenant: "acme", maxAgeMs: DAY }])).records).toBe(1);
    expect((await ids()).sort()).toEqual(["of acme2", "of undefined"]);
  });

  test("gives the space back and leaves no trace of the text", async () => {
    open();
    const canary = "canary-93ab1";
    const long = { ...record("x"), state: { ...record("x").state, input: `${canary} `.repeat(400) } };
    await Promise.all(
      Array.from({ length: 800 }, (_, index) =>
        journal!.write({ ...long, requestId: `r${index}`, acceptedAt: index < 790 ? 0 : Date.now() }),
      ),
    );
    await journal!.erase({ tenant: "none" }); // Empties the log into the file.
    const before = statSync(path).size;
    await journal!.retain([{ maxAgeMs: DAY }]);
    expect(await ids()).toHaveLength(10);
    expect(statSync(path).size).toBeLessThan(before / 20);
    await journal!.retain([{ maxBytes: 0 }]);
    expect([path, `${path}-wal`].some((file) => readFileSync(file).includes(canary))).toBe(false);
  });

  test("rules given at the opening are applied then, and every hour", async () => {
    const clock = virtualClock();
    open({ clock });
    await journal!.write(record("r1", { acceptedAt: clock.now() }));
    await journal!.close();
    await clock.advance(DAY - 1_000);
    open({ clock, retention: [{ maxAgeMs: DAY }] });
    await journal!.retain([]);
    expect(await ids()).toEqual(["r1"]);
    await clock.advance(3_600_000);
    for (let turn = 0; turn < 50 && (await ids()).length > 0; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await ids()).toEqual([]);
  });
});
