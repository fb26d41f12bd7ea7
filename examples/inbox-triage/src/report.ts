import type { Replays } from "./armature-run.js";
import type { Figures } from "./figures.js";

const ROWS: readonly (readonly [label: string, show: (figures: Figures) => string])[] = [
  ["rows stored", ({ stored }) => String(stored)],
  ["rows wrong", ({ wrong }) => String(wrong)],
  ["crashes", ({ crashes }) => String(crashes)],
  ["quarantined with reason", ({ quarantined }) => String(quarantined)],
  ["calls", ({ calls }) => String(calls)],
  ["cost in USD", ({ usd }) => usd.toFixed(4)],
  ["p50 in ms", ({ p50Ms }) => String(p50Ms)],
  ["p99 in ms", ({ p99Ms }) => String(p99Ms)],
];

/** The two contestants side by side. */
export function table(raw: Figures, armature: Figures): string {
  const line = (label: string, left: string, right: string) =>
    `${label.padEnd(26)}${left.padStart(12)}${right.padStart(12)}`;
  return [
    line("", "raw loop", "Armature"),
    "─".repeat(50),
    ...ROWS.map(([label, show]) => line(label, show(raw), show(armature))),
  ].join("\n");
}

/** `3 OUTPUT_INVALID, 1 UNGROUNDED`, the most frequent first. */
export function reasonsLine(reasons: ReadonlyMap<string, number>): string {
  const sorted = [...reasons].sort((a, b) => b[1] - a[1]);
  return sorted.map(([code, count]) => `${count} ${code}`).join(", ");
}

/** How many requests came to the same when they were replayed from the journal, and which did not. */
export function replayLine({ equal, different }: Replays): string {
  const line = `Replayed from the journal: ${equal} of ${equal + different.length} requests come to the same outcome.`;
  return different.length === 0 ? line : `${line} Not so: ${different.slice(0, 3).join(", ")}`;
}

const BAR_WIDTH = 30;

/** A progress bar on standard error; one line at each tenth where that is no terminal. */
export function progressBar(label: string, total: number): () => void {
  let done = 0;
  return () => {
    done++;
    const bar = "█".repeat(Math.floor((done / total) * BAR_WIDTH)).padEnd(BAR_WIDTH, "░");
    const text = `${label.padEnd(10)} ${bar} ${done}/${total}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text}${done === total ? "\n" : ""}`);
    else if (Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total)) process.stderr.write(`${text}\n`);
  };
}
