import type { RequestRecord } from "@armature/contracts";
import { columns, cut, milliseconds, usd } from "./explain-format.js";
import { costOfRecord } from "./record-row.js";
import { timeSpent } from "./time-spent.js";

/** What it cost, line by line. */
export function costLines(record: RequestRecord): string[] {
  const { costs } = record.state;
  if (costs.length === 0) return [];
  const rows = costs.map(({ what, name, microUsd, priceVersion, attemptId }) => {
    const attempt = record.state.attempts.find((one) => one.id === attemptId);
    const whose = attempt ? `attempt #${attempt.number}` : cut(attemptId, 40);
    return [`${what} ${cut(name, 40)}`, usd(microUsd), whose, priceVersion ?? "price unknown"];
  });
  return [...columns(rows), ...(costs.length > 1 ? [`together ${usd(costOfRecord(record))}`] : [])];
}

const BAR_WIDTH = 30;

/** Where the time went. */
export function timeLines(record: RequestRecord): string[] {
  const { stages, betweenMs } = timeSpent(record);
  if (stages.length === 0) return [];
  const whole = Math.max(
    stages.reduce((sum, { ms }) => sum + ms, betweenMs),
    1,
  );
  const bar = (ms: number) => "█".repeat(Math.round((ms / whole) * BAR_WIDTH)) || "▏";
  const rows = stages.map(({ stage, visits, ms }) => [
    visits > 1 ? `${cut(stage, 30)} × ${visits}` : cut(stage, 30),
    milliseconds(ms),
    bar(ms),
  ]);
  return columns(betweenMs >= 1 ? [...rows, ["between", milliseconds(betweenMs), bar(betweenMs)]] : rows);
}
