import { atMost, type Bench, type BenchResult } from "./bench.js";
import { readRows } from "./output/rows.js";
import { DIFFERENCES, type Difference, difference } from "./partials/agreement.js";
import { measureStreaming } from "./partials/speed.js";
import { streamRows } from "./partials/streamed.js";
import { formatTable } from "./report.js";
import { rounded } from "./statistics.js";

interface Tally {
  rows: number;
  agree: number;
}

/** What is shown of unfinished answers against what others show, and what reading in small pieces costs. */
export const partials: Bench = async ({ data = "../shared/data/output" }) => {
  const { sources, differences, lines } = compareRows(data);
  const names = Object.entries(sources).map(([name, { rows, agree }]) => [name, `${rows}`, `${agree}`]);
  console.log(formatTable(["source", "rows", "agree"], names));
  const counts = Object.entries(differences).map(([name, count]) => [
    name,
    `${count}`,
    DIFFERENCES[name as Difference],
  ]);
  console.log(`\n${formatTable(["difference", "rows", ""], counts)}`);
  const streamed = streamRows(data);
  const columns = Object.keys(Object.values(streamed)[0] ?? {});
  const shares = Object.entries(streamed).map(([name, tally]) => [name, ...Object.values(tally).map(String)]);
  console.log(`\n${formatTable(["streamed", ...columns], shares)}`);
  const cpuMs = measureStreaming();
  console.log(
    `\n${formatTable(
      ["100 KB", "CPU ms"],
      Object.entries(cpuMs).map(([name, ms]) => [name, `${ms}`]),
    )}\n`,
  );
  const ratio = (name: string, base: string) => rounded(cpuMs[name]! / cpuMs[base]!);
  const toWhole = ratio("20-byte chunks and the whole contract", "parseOutput, whole text");
  const toOnePass = ratio("20-byte chunks", "one pass, whole text");
  const shown = ratio("20-byte chunks, a snapshot each", "one pass, whole text");
  return {
    figures: {
      sources,
      differences,
      streamed,
      cpuMs,
      chunksToOnePass: toOnePass,
      shownToOnePass: shown,
      streamedToWhole: toWhole,
    },
    targets: [
      atMost("100 KB in 20-byte chunks against one pass of the same reader", toOnePass, 5),
      atMost("100 KB in 20-byte chunks and its whole contract against parseOutput of the whole", toWhole, 5),
    ],
    lines,
  };
};

/** The rows of a folder, each with how we differ. */
export function compareRows(folder: string): {
  readonly sources: Readonly<Record<string, Tally>>;
  readonly differences: Readonly<Partial<Record<Difference, number>>>;
  readonly lines: NonNullable<BenchResult["lines"]>;
} {
  const sources: Record<string, Tally> = {};
  const differences: Partial<Record<Difference, number>> = {};
  const lines = readRows(folder, "partials.jsonl").map((row) => {
    const found = difference(row);
    sources[row.source] ??= { rows: 0, agree: 0 };
    const tally = sources[row.source]!;
    tally.rows += 1;
    if (found === undefined) tally.agree += 1;
    else differences[found] = (differences[found] ?? 0) + 1;
    return JSON.stringify({ source: row.source, id: row.id, difference: found ?? null });
  });
  return { sources, differences, lines };
}
