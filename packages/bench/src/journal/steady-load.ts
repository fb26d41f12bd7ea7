import { once } from "node:events";
import { open } from "node:fs/promises";
import { systemIds } from "@armature/contracts";
import { sqliteJournal } from "@armature/journal";
import { percentile, rounded } from "../statistics.js";
import { sampleOpening, sampleRecord } from "./sample-record.js";

/** A bare sync of 20 KB that have just been written, as often as there is time: what the disk itself takes. */
export async function bareSync(path: string, count: number): Promise<{ p50Ms: number; p99Ms: number }> {
  const file = await open(path, "w");
  const block = Buffer.alloc(20_000, 1);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    await file.write(block, 0, block.length, (index % 200) * block.length);
    const from = performance.now();
    await file.datasync();
    times.push(performance.now() - from);
  }
  await file.close();
  return { p50Ms: rounded(percentile(times, 0.5)), p99Ms: rounded(percentile(times, 0.99)) };
}

/** What a request waits for the journal, in milliseconds, when so many begin each second. */
interface LoadFigures {
  readonly perSecond: number;
  readonly records: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The same loop, which makes the same records for nobody: what they, timers and the machine's other work cost. */
  readonly idleP99Ms: number;
  readonly addedP99Ms: number;
  /** CPU of the process for one record, opening and sync included, less that of the same loop without a journal. */
  readonly cpuMs: number;
}

/**
 * Opens and writes `perSecond` records a second for `seconds` seconds, each at its due time whatever became of the ones
 * before, and measures from the due time to the durable record: a journal that holds the event loop up pays for it.
 */
export async function steadyLoad(path: string, perSecond: number, seconds: number): Promise<LoadFigures> {
  const count = perSecond * seconds;
  const resting = process.cpuUsage();
  const openingAt = (index: number) => sampleOpening(systemIds.next(), index, Date.now());
  const idle = await atTheirTimes(count, perSecond, async (index) => {
    sampleRecord(openingAt(index), index);
  });
  const loop = process.cpuUsage(resting);
  const journal = sqliteJournal({ path });
  const write = async (index: number) => {
    const opening = openingAt(index);
    await journal.open(opening);
    await journal.write(sampleRecord(opening, index));
  };
  await atTheirTimes(perSecond, perSecond, write);
  const before = process.cpuUsage();
  const waited = await atTheirTimes(count, perSecond, write);
  const { user, system } = process.cpuUsage(before);
  await journal.close();
  const [p99Ms, idleP99Ms] = [percentile(waited, 0.99), percentile(idle, 0.99)];
  return {
    perSecond,
    records: count,
    p50Ms: rounded(percentile(waited, 0.5)),
    p99Ms: rounded(p99Ms),
    idleP99Ms: rounded(idleP99Ms),
    addedP99Ms: rounded(Math.max(0, p99Ms - idleP99Ms)),
    cpuMs: rounded((user + system - loop.user - loop.system) / 1_000 / count),
  };
}

async function atTheirTimes(count: number, perSecond: number, run: (index: number) => Promise<void>) {
  const waited: number[] = [];
  const done = new EventTarget();
  const begun = performance.now();
  let next = 0;
  const tick = () => {
    const due = Math.min(count, Math.ceil(((performance.now() - begun) / 1_000) * perSecond));
    for (; next < due; next++) {
      const dueAt = begun + (next / perSecond) * 1_000;
      run(next).then(() => {
        waited.push(performance.now() - dueAt);
        if (waited.length === count) done.dispatchEvent(new Event("all"));
      });
    }
    if (next < count) setTimeout(tick, 1);
  };
  const all = once(done, "all");
  tick();
  await all;
  return waited;
}
