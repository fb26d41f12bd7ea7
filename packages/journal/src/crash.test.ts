import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom, virtualClock } from "@armature/testkit";
import Database from "libsql";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openingOf, recordOf } from "./records.fixture.js";
import { sqliteJournal } from "./sqlite-journal.js";

const ROUNDS = 20;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-crash-"));
  path = join(folder, "journal.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("after a death", () => {
  // The writers run the built package; where it has just been built, this does nothing.
  beforeAll(() => {
    const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
    execFileSync(tsc, ["-b", fileURLToPath(new URL("..", import.meta.url))]);
  });

  test("kill -9 under load loses no finished record and leaves no record open", { timeout: 300_000 }, async () => {
    const random = seededRandom(4);
    for (let round = 0; round < ROUNDS; round++) {
      const said = await writeUntilKilled(round, random.next() * 250);
      expect(said.finished.length).toBeGreaterThan(0);
      expect(said.unsynced).toEqual([]);

      const journal = sqliteJournal({ path });
      for (const id of said.finished) {
        expect(await journal.read(id)).toMatchObject({ status: "finished", result: { ok: true, value: id } });
      }
      const finished = new Set(said.finished);
      for (const id of said.opened) {
        if (!finished.has(id)) expect((await journal.read(id))?.status).toMatch(/^(abandoned|finished)$/);
      }
      expect(await journal.find({ status: "open" })).toEqual([]);
      await journal.close();
      const database = new Database(path);
      expect(database.pragma("integrity_check")).toMatchObject([{ integrity_check: "ok" }]);
      database.close();
    }
  });

  test("two processes write while a third reads", { timeout: 60_000 }, async () => {
    const reader = sqliteJournal({ path });
    const writers = Promise.all([writeUntilKilled(1, 600), writeUntilKilled(2, 600)]);
    let reads = 0;
    let running = true;
    const reading = (async () => {
      while (running) {
        for (const { requestId } of await reader.find({ limit: 20 })) {
          expect((await reader.read(requestId))?.requestId).toBe(requestId);
          reads += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const said = await writers;
    running = false;
    await reading;
    expect(reads).toBeGreaterThan(0);
    for (const { finished } of said) {
      expect(finished.length).toBeGreaterThan(0);
      for (const id of finished) expect((await reader.read(id))?.status).toBe("finished");
    }
    await reader.close();
  });

  test("what a living process has open stays open; what a closed one left is marked", async () => {
    const first = sqliteJournal({ path });
    await first.open(openingOf("r1"));
    await first.write(recordOf("r2", { status: "paused", result: null }));
    const second = sqliteJournal({ path });
    expect((await second.read("r1"))?.status).toBe("open");
    await first.close();
    const third = sqliteJournal({ path });
    expect(await third.read("r1")).toMatchObject({ status: "abandoned", task: "triage", result: null });
    expect((await third.read("r2"))?.status).toBe("paused");
    await Promise.all([second.close(), third.close()]);
  });

  test("a process on another machine is dead once its heartbeat has stopped for a minute", async () => {
    const clock = virtualClock();
    const first = sqliteJournal({ path, clock });
    await first.open(openingOf("r1"));
    await first.close();
    // What that file looks like when the first process ran elsewhere and is still there.
    const database = new Database(path);
    const owner = "11111111-2222-3333-4444-555555555555";
    database.prepare("INSERT INTO processes VALUES (?, 'elsewhere', 1, '', ?)").run(owner, clock.now());
    database.prepare("UPDATE openings SET owner = ?").run(owner);
    database.close();

    const statusAfter = async (ms: number) => {
      await clock.advance(ms);
      const journal = sqliteJournal({ path, clock });
      const status = (await journal.read("r1"))?.status;
      await journal.close();
      return status;
    };
    expect(await statusAfter(59_000)).toBe("open");
    expect(await statusAfter(2_000)).toBe("abandoned");
  });

  test("a reused pid does not pass for the process that had it", async () => {
    const first = sqliteJournal({ path });
    await first.open(openingOf("r1"));
    const database = new Database(path);
    database.prepare("UPDATE processes SET started = 'another time'").run();
    database.close();
    const second = sqliteJournal({ path });
    expect((await second.read("r1"))?.status).toBe("abandoned");
    await Promise.all([first.close(), second.close()]);
  });

  test("a living process keeps its heartbeat going", async () => {
    const clock = virtualClock();
    const journal = sqliteJournal({ path, clock });
    const database = new Database(path);
    const seenAt = () => (database.prepare("SELECT seen_at FROM processes").get() as { seen_at: number }).seen_at;
    const before = seenAt();
    for (let beat = 0; beat < 3; beat++) {
      await clock.advance(10_000);
      // The heartbeat is written at the end of the turn, by the real loop.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(seenAt()).toBe(before + 30_000);
    database.close();
    await journal.close();
  });
});

async function writeUntilKilled(round: number, afterMs: number) {
  const script = fileURLToPath(new URL("./killed-writer.fixture.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, path, String(round)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let armed = false;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    if (armed || !output.includes("finished ")) return;
    armed = true;
    setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  await once(child, "close");
  // The last line may be cut in its middle.
  const lines = output.slice(0, output.lastIndexOf("\n") + 1).split("\n");
  const facts = lines.map((line) => line.split(" "));
  const finished = facts.filter(([word]) => word === "finished");
  return {
    opened: facts.filter(([word]) => word === "opened").map(([, id = ""]) => id),
    finished: finished.map(([, id = ""]) => id),
    /** Reported before a sync that had begun after the record was handed over had ended. */
    unsynced: finished.filter(([, , before, ended]) => Number(ended) <= Number(before)).map(([, id]) => id),
  };
}
