import type { BenchResult } from "./bench.js";

/** The last line of a run: one JSON object. `held` is whether every target was. */
export function reportLine(bench: string, { figures, targets }: BenchResult): string {
  return JSON.stringify({ bench, figures, targets, held: targets.every((target) => target.held) });
}

/** Rows under a head, the first column to the left and all others to the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    widths.map((width, i) => (i === 0 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width))).join("  ");
  return all.map(line).join("\n");
}
