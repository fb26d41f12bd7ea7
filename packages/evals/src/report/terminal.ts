import type { Baseline } from "../baseline.js";
import { type Comparison, compareWith, type Flip, type Moved } from "./compare.js";
import { type EvalReport, passesOf } from "./report.js";

/** A report as text: flips first, then score, cost and latency, then the gate's answer. */
export function formatReport(report: EvalReport, baseline?: Baseline): string {
  const { prompt, totals, cases, gate, mode } = report;
  const head = `${report.eval}: ${prompt.name}@${prompt.version}, ${cases.length} cases of ${report.dataSet.name}, ${totals.trials} trials`;
  const verdict = [
    ...gate.notes.map((note) => `  note      ${note}`),
    `  gate      ${gate.held ? (mode === "baseline" && !baseline ? "a first baseline" : "held") : "NOT held"}`,
    ...gate.reasons.map((reason) => `            - ${reason}`),
  ];
  // Figures of nothing would look like figures.
  if (totals.trials === 0) return [head, ...verdict].join("\n");
  const { rate, low, high } = totals.passRate;
  const lines = [
    head,
    ...(baseline ? formatComparison(compareWith(baseline, report), baseline.name) : failing(report)),
    `  passed    ${percent(rate)} of the cases at their first trial (95 %: ${percent(low)} to ${percent(high)})`,
    ...(baseline ? [] : [`  score     ${totals.score.toFixed(3)}`, ...spending(report)]),
  ];
  if (gate.scoreDifference && gate.minimumDetectable !== undefined) {
    const { difference, low: from, high: to } = gate.scoreDifference;
    lines.push(
      `  drift     score ${signed(difference)} (95 %: ${signed(from)} to ${signed(to)}), p = ${gate.driftP.toPrecision(2)}; a drop of ${percent(gate.minimumDetectable)} would be found 4 times out of 5`,
      `  protected ${gate.protectedCases} of ${cases.length} cases; ${totals.trials} trials`,
    );
  }
  return [...lines, ...verdict].join("\n");
}

/** Two runs side by side. */
export function formatDiff(before: Baseline, now: EvalReport): string {
  const lines = formatComparison(compareWith(before, now), before.name);
  return [`${now.eval}: ${now.prompt.name}@${now.prompt.version}`, ...lines].join("\n");
}

function formatComparison(comparison: Comparison, against: string): string[] {
  const { cases, broken, mended, score, costMicroUsd, p50Ms, p99Ms } = comparison;
  const usd = (micro: number) => `${(micro / 1_000_000).toFixed(6)} USD`;
  const ms = (value: number) => `${Math.round(value)} ms`;
  const flips = [...broken.map((flip) => flipLine("broke", flip)), ...mended.map((flip) => flipLine("mended", flip))];
  const alone = cases.added + cases.removed > 0;
  // Without a case in common nothing was compared, which is not the same as nothing having changed.
  const compared =
    cases.shared === 0
      ? ["  flips     nothing to compare: no case is in both"]
      : [
          ...(flips.length > 0 ? flips : ["  flips     none"]),
          `  score     ${moved(score, (value) => value.toFixed(3))}`,
        ];
  return [
    `  against   ${against}`,
    ...(alone ? [`  cases     ${cases.shared} in both, ${cases.removed} only before, ${cases.added} only now`] : []),
    ...compared,
    `  cost      ${moved(costMicroUsd, usd)} a trial`,
    `  latency   ${moved(p50Ms, ms)} (p50), ${moved(p99Ms, ms)} (p99)`,
  ];
}

function flipLine(what: string, { id, before, now }: Flip): string {
  return `  ${what.padEnd(9)} ${id}: ${before} -> ${now}`;
}

function failing({ cases }: EvalReport): string[] {
  return cases.flatMap((one) => {
    const passes = passesOf(one);
    if (passes === one.trials.length) return [];
    const bad = one.trials.find(({ passed }) => !passed)!;
    const why = Object.entries(bad.scores).flatMap(([name, { passed, note }]) =>
      passed ? [] : [`${name}: ${note ?? "below its threshold"}`],
    );
    return [`  ${`${passes}/${one.trials.length}`.padEnd(9)} ${one.id}: ${why.join("; ")}`];
  });
}

function spending({ totals }: EvalReport): string[] {
  const judged =
    totals.judgeCostMicroUsd > 0 ? `, judges ${(totals.judgeCostMicroUsd / 1_000_000).toFixed(6)} USD` : "";
  return [
    `  cost      ${(totals.costMicroUsd / 1_000_000).toFixed(6)} USD${judged}`,
    `  latency   ${Math.round(totals.p50Ms)} ms (p50), ${Math.round(totals.p99Ms)} ms (p99)`,
  ];
}

function moved({ before, now }: Moved, show: (value: number) => string): string {
  return show(before) === show(now) ? show(now) : `${show(before)} -> ${show(now)}`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}
