import { ArmatureError } from "@armature/contracts";
import type { PromptEvaluation } from "@armature/prompts";
import { type EvalReport, passesOf, scoreOf } from "./report/report.js";

/** What a run is held against: the locked evaluation of a prompt, or another run. */
export interface Baseline {
  /** For people: `prompts.lock.json, triage@2.0.0 by Ada`. */
  readonly name: string;
  readonly dataSetHash: string;
  readonly judges: { readonly [task: string]: string };
  readonly cases: ReadonlyMap<string, { readonly passes: number; readonly trials: number; readonly score: number }>;
  /** Per trial, judges aside. */
  readonly costMicroUsd: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function baselineOfLock(name: string, evaluation: PromptEvaluation): Baseline {
  const { passes, scores, trials, dataSet, judges, costMicroUsd, p50Ms, p99Ms } = evaluation;
  const ids = Object.keys(passes);
  return {
    name,
    dataSetHash: dataSet.hash,
    judges,
    cases: new Map(ids.map((id) => [id, { passes: passes[id]!, trials, score: scores[id] ?? 0 }])),
    costMicroUsd: costMicroUsd / Math.max(1, ids.length * trials),
    p50Ms,
    p99Ms,
  };
}

export function baselineOfReport(name: string, report: EvalReport): Baseline {
  const { totals } = report;
  return {
    name,
    dataSetHash: report.dataSet.hash,
    judges: report.judges,
    cases: new Map(
      report.cases
        .filter(({ trials }) => trials.length > 0)
        .map((one) => [one.id, { passes: passesOf(one), trials: one.trials.length, score: scoreOf(one) }]),
    ),
    costMicroUsd: totals.costMicroUsd / Math.max(1, totals.trials),
    p50Ms: totals.p50Ms,
    p99Ms: totals.p99Ms,
  };
}

/**
 * What the lock keeps of a report. Throws `CONFIG_INVALID` for one that proves nothing: it was cut short, or its cases
 * were not run equally often, as those of a gate are not.
 */
export function evaluationOf(report: EvalReport): PromptEvaluation {
  const trials = report.cases[0]?.trials.length ?? 0;
  const even = report.cases.every((one) => one.trials.length === trials);
  if (!report.complete || !even || trials === 0) {
    const why = report.complete ? "its cases were not run equally often" : "it was cut short";
    const message = `the report of "${report.eval}" is no baseline: ${why}; run "armature eval ${report.eval} --baseline"`;
    throw new ArmatureError("CONFIG_INVALID", message);
  }
  const byCase = <T>(value: (one: EvalReport["cases"][number]) => T) =>
    Object.fromEntries(report.cases.map((one) => [one.id, value(one)]));
  const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
  return {
    dataSet: report.dataSet,
    judges: report.judges,
    trials,
    passes: byCase(passesOf),
    scores: byCase((one) => round(scoreOf(one), 4)),
    costMicroUsd: report.totals.costMicroUsd,
    p50Ms: round(report.totals.p50Ms, 1),
    p99Ms: round(report.totals.p99Ms, 1),
  };
}
