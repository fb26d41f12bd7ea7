import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { atMost, type Target } from "../bench.js";
import { formatTable } from "../report.js";
import { rounded } from "../statistics.js";
import { READERS, STREAMERS } from "./speed-contenders.js";
import type { SpeedFigure, SpeedForm, SpeedJob } from "./speed-job.js";

/** A contender that did not come back in time has no figure but this. */
interface Unfinished {
  readonly over: string;
}

/** By size, form and contender. */
type SpeedFigures = Record<string, Record<string, Record<string, SpeedFigure | Unfinished>>>;

const SIZES: Readonly<Record<string, number>> = { "1 KB": 1_000, "100 KB": 100_000, "5 MB": 5_000_000 };

/** How long one contender may take on one text, all samples included. Seconds of the wall clock. */
const LIMIT_SECONDS = 60;

/**
 * How fast valid and broken texts are read, against `JSON.parse` on the same value and beside other readers, each in a
 * process of its own. CPU time, so that what else the machine does counts less.
 */
export async function speedFigures(): Promise<{ figures: SpeedFigures; targets: readonly Target[]; held: boolean }> {
  const figures: SpeedFigures = {};
  const note = (size: string, form: SpeedForm, name: string, figure: SpeedFigure | Unfinished) => {
    figures[size] ??= {};
    figures[size][form] ??= {};
    figures[size][form][name] = figure;
  };
  for (const { name } of READERS) {
    const process = new SpeedProcess();
    for (const [size, bytes] of Object.entries(SIZES)) {
      for (const form of ["valid", "broken"] as const) {
        note(size, form, name, await process.run({ contender: name, form, bytes }));
      }
    }
    process.end();
  }
  for (const { name } of STREAMERS) {
    const process = new SpeedProcess();
    note("100 KB", "streamed", name, await process.run({ contender: name, form: "streamed", bytes: 100_000 }));
    process.end();
  }
  console.log(tableOf(figures));
  const targets = targetsOf(figures);
  return { figures, targets, held: targets.every((target) => target.held) };
}

/** A process that does jobs, begun anew when one had to be ended. */
class SpeedProcess {
  private child: ChildProcess | undefined;

  async run(job: SpeedJob): Promise<SpeedFigure | Unfinished> {
    this.child ??= fork(fileURLToPath(new URL("./speed-process.js", import.meta.url)));
    const { child } = this;
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, LIMIT_SECONDS * 1000);
    child.send(job);
    const answer = once(child, "message").then(([figure]) => figure as SpeedFigure);
    const figure = await Promise.race([answer, once(child, "exit").then(() => "ended" as const)]);
    clearTimeout(limit);
    if (figure === "ended") {
      this.child = undefined;
      if (!isLate) throw new Error(`The process that measures ${job.contender} ended by itself.`);
      return { over: `${LIMIT_SECONDS} s` };
    }
    return { cpuMs: round(figure.cpuMs), times: round(figure.times), right: figure.right };
  }

  end(): void {
    this.child?.disconnect();
  }
}

/** To three digits: a microsecond is a figure, too. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

function targetsOf(figures: SpeedFigures): Target[] {
  const times = (size: string, form: SpeedForm, name: string) => {
    const figure = figures[size]?.[form]?.[name];
    return figure !== undefined && "times" in figure ? figure : { cpuMs: Number.POSITIVE_INFINITY, times: Infinity };
  };
  return [
    ...Object.keys(SIZES).flatMap((size) => [
      atMost(`${size} valid: times JSON.parse`, times(size, "valid", "parseOutput").times, 2),
      atMost(`${size} broken: times JSON.parse when repaired`, times(size, "broken", "parseOutput").times, 15),
    ]),
    atMost("5 MB broken: CPU ms", rounded(times("5 MB", "broken", "parseOutput with its changes").cpuMs), 2000),
    atMost("100 KB in chunks of 20: times one piece", times("100 KB", "streamed", "streamOutput, in chunks").times, 5),
  ];
}

function tableOf(figures: SpeedFigures): string {
  const rows = Object.entries(figures).flatMap(([size, forms]) =>
    Object.entries(forms).flatMap(([form, contenders]) =>
      Object.entries(contenders).map(([name, figure]) => [
        `${size} ${form}: ${name}`,
        "over" in figure ? `over ${figure.over}` : String(figure.cpuMs),
        "over" in figure ? "" : `${figure.times}x`,
        "over" in figure ? "" : figure.right ? "right" : "not right",
      ]),
    ),
  );
  return formatTable(["text and reader", "CPU ms", "against", "value"], rows);
}
