import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atMost, type Bench, type Target } from "./bench.js";
import { CONTENDERS, type ContenderName } from "./overhead/contenders.js";
import { type ForkedContender, forkContender, forkProvider } from "./overhead/fork.js";
import { type Figures, measureRounds } from "./overhead/rounds.js";
import { formatTable } from "./report.js";
import { rounded } from "./statistics.js";

const ROUNDS = 7;
/** What each contender serves before anything is measured: a service is warm for all but its first minute. */
const WARM_UP = { requests: 3_000, concurrency: 8 };
/**
 * Of a block, which is long enough for the garbage collector to find its pace again: while the others have their turns, V8
 * gives back the memory of a process that waits, and collects as often as that of one which has just begun.
 */
const REQUESTS = 640;
const LEVELS = [
  { concurrency: 1, timesChatOpenAI: 2 },
  { concurrency: 32, timesChatOpenAI: 1.6 },
];

/** What a request costs besides the model: CPU and wall time, side by side on one loopback provider without delay. */
export const overhead: Bench = async ({ data }) => {
  if (data !== undefined) mkdirSync(data, { recursive: true });
  const folder = mkdtempSync(join(data ?? tmpdir(), "armature-overhead-"));
  const provider = await forkProvider();
  const contenders: ForkedContender[] = [];
  try {
    console.log(`${ROUNDS} rounds; SQLite (WAL; the journal syncs every finished record) under ${folder}`);
    for (const name of Object.keys(CONTENDERS) as ContenderName[]) {
      const contender = await forkContender(name, provider.url, folder);
      contenders.push(contender);
      await contender.measure(WARM_UP);
    }
    const figures: Record<string, Record<string, Figures>> = {};
    const targets: Target[] = [];
    for (const { concurrency, timesChatOpenAI } of LEVELS) {
      const measured = await measureRounds(contenders, ROUNDS, { concurrency, requests: REQUESTS });
      figures[`c${concurrency}`] = Object.fromEntries(measured);
      targets.push(...targetsOf(measured, concurrency, timesChatOpenAI));
      console.log(`\nconcurrency ${concurrency}\n${tableOf(measured)}`);
    }
    return { figures, targets };
  } finally {
    for (const contender of contenders) await contender.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

function targetsOf(measured: ReadonlyMap<string, Figures>, concurrency: number, timesChatOpenAI: number): Target[] {
  const cpu = (name: string) => measured.get(name)?.cpuMs ?? Number.NaN;
  const ratio = (what: string, of: string, bound: number) =>
    atMost(`c${concurrency}: CPU of ${what} to ${of}`, rounded(cpu(what) / cpu(of)), bound);
  return [
    ratio("Armature run", "ChatOpenAI + zod", timesChatOpenAI),
    ratio("Armature run", "createAgent", 1 / 3),
    ratio("Armature graph", "createAgent", 1),
    atMost(
      `c${concurrency}: CPU ms of the call's policies`,
      rounded(cpu("Armature run") - cpu("Armature run, no policies")),
      0.5,
    ),
  ];
}

function tableOf(measured: ReadonlyMap<string, Figures>): string {
  const chat = measured.get("ChatOpenAI + zod")?.cpuMs ?? Number.NaN;
  const agent = measured.get("createAgent")?.cpuMs ?? Number.NaN;
  const rows = Array.from(measured, ([name, { cpuMs, cpuRangeMs, p50Ms, p99Ms }]) => [
    name,
    ...[cpuMs, ...cpuRangeMs, cpuMs / chat, cpuMs / agent, p50Ms, p99Ms].map((value) => value.toFixed(2)),
  ]);
  return formatTable(["", "CPU ms", "least", "most", "x ChatOpenAI", "x createAgent", "p50 ms", "p99 ms"], rows);
}
