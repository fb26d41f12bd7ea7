import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { atMost, type Bench } from "./bench.js";
import { killRounds } from "./journal/kill-rounds.js";
import { manyRecords } from "./journal/many-records.js";
import { bareSync, steadyLoad } from "./journal/steady-load.js";
import { formatTable } from "./report.js";

const RECORDS = 1_000_000;
const ROUNDS = 200;
const PER_SECOND = 1_000;
const SECONDS = 10;

/** What the embedded journal costs, keeps and answers. `--records` makes the month and the killing smaller. */
export const journal: Bench = async ({ data, records = RECORDS }) => {
  if (data !== undefined) mkdirSync(data, { recursive: true });
  const folder = mkdtempSync(join(data ?? tmpdir(), "armature-journal-"));
  const rounds = Math.max(5, Math.round(ROUNDS * Math.min(1, records / RECORDS)));
  try {
    console.log(`SQLite under ${folder}; ${records} records; load of the machine: ${loadavg()[0]?.toFixed(1)}`);
    const disk = await bareSync(join(folder, "bare"), 200);
    const sequential = await steadyLoad(join(folder, "one.db"), 20, SECONDS);
    const load = await steadyLoad(join(folder, "load.db"), PER_SECOND, SECONDS);
    console.log(`a bare fdatasync: p50 ${disk.p50Ms} ms, p99 ${disk.p99Ms} ms`);
    console.log(loadTable([sequential, load]));
    const kills = await killRounds(join(folder, "kills.db"), rounds);
    console.log(
      `\n${kills.rounds} kills: ${kills.reported} records reported, ${kills.lost} lost, ${kills.unsynced} unsynced`,
    );
    const many = await manyRecords(join(folder, "many.db"), records);
    console.log(`\n${many.records} records, ${many.bytesPerRecord} bytes each in the file`);
    console.log(timeTable("query", many.queries));
    console.log(timeTable("aggregate", many.aggregates));
    return {
      figures: { disk, sequential, load, kills, many, loadAverage: loadavg()[0] },
      targets: [
        atMost("p99 added at 1,000 records/s, ms", load.addedP99Ms, 10),
        atMost("records lost by kills", kills.lost, 0),
        atMost("records reported before their sync", kills.unsynced, 0),
        atMost("unfinished records not marked", kills.unmarked, 0),
        atMost("explain, p99, ms", many.explainP99Ms, 50),
        atMost("slowest filtered query, ms", Math.max(...Object.values(many.queries)), 200),
        atMost("aggregate by day and model, ms", many.aggregates["day and model"] ?? Number.NaN, 1_000),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function loadTable(loads: readonly Awaited<ReturnType<typeof steadyLoad>>[]): string {
  const rows = loads.map(({ perSecond, p50Ms, p99Ms, idleP99Ms, addedP99Ms, cpuMs }) =>
    [perSecond, p50Ms, p99Ms, idleP99Ms, addedP99Ms, cpuMs].map(String),
  );
  return formatTable(["records/s", "p50 ms", "p99 ms", "p99 idle ms", "p99 added ms", "CPU ms a record"], rows);
}

function timeTable(what: string, times: Readonly<Record<string, number>>): string {
  return `\n${formatTable(
    [what, "ms"],
    Object.entries(times).map(([name, ms]) => [name, ms.toFixed(1)]),
  )}`;
}
