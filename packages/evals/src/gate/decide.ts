import type { Baseline } from "../baseline.js";
import type { GateOptions } from "../define-eval.js";
import { type CaseResult, type GateResult, scoreOf } from "../report/report.js";
import { pairedBootstrap } from "./bootstrap.js";
import { testCases } from "./case-tests.js";
import { minimumDetectableDrop } from "./detectable.js";

/** See {@link GateOptions}. */
export const DRIFT_ALPHA = 0.005;

export interface GateSubject {
  readonly dataSetHash: string;
  readonly judges: { readonly [task: string]: string };
  readonly cases: readonly CaseResult[];
  /** Why not every trial was run; absent when all were. */
  readonly cut?: string;
  /** Whether only cases that failed were run again: their later trials then weigh too much for the drift test. */
  readonly selective: boolean;
}

/** Holds a run against a baseline. Pure: the same numbers give the same answer. */
export function decideGate(run: GateSubject, baseline: Baseline | undefined, options: GateOptions): GateResult {
  const { drift = DRIFT_ALPHA, minPassRate } = options;
  const reasons: string[] = [];
  if (run.cut !== undefined) reasons.push(`the run was cut short: ${run.cut}`);
  const tried = run.cases.flatMap(({ trials }) => trials.slice(0, 1));
  const rate = tried.filter(({ passed }) => passed).length / Math.max(1, tried.length);
  if (minPassRate !== undefined && rate < minPassRate) {
    reasons.push(`${percent(rate)} of the cases pass, at least ${percent(minPassRate)} have to`);
  }
  const notes: string[] = [];
  if (baseline && baseline.dataSetHash !== run.dataSetHash) {
    notes.push("the data set has changed since the baseline; cases are compared by their ids");
  }
  // A gate that compares nothing holds nothing; a run that makes a new baseline is the way out of that.
  const incomparable = (why: string) =>
    run.selective ? reasons.push(`${why}; make a new baseline: armature eval --baseline`) : notes.push(why);
  const none = { notes, broken: [], added: [], removed: [], protectedCases: 0, driftP: 1 };
  if (!baseline) return { held: reasons.length === 0, reasons, ...none };
  if (!sameJudges(run.judges, baseline.judges)) {
    incomparable("a judge has changed since the baseline: the two cannot be compared");
    return { held: reasons.length === 0, reasons, against: baseline.name, ...none };
  }

  const { shared, protectedCases, broken, driftP } = testCases(run.cases, baseline, run.selective);
  if (tried.length > 0 && shared.length === 0) {
    incomparable("no case is in both the run and the baseline: nothing was compared");
  }
  if (protectedCases === 0 && shared.length > 0) {
    notes.push("no case is protected: a baseline protects those that pass 8 of 8 trials");
  }
  for (const { id, before, now } of broken) {
    reasons.push(
      `case "${id}" is broken: ${before.passes} of ${before.trials} before, ${now.passes} of ${now.trials} now`,
    );
  }
  if (driftP < drift) reasons.push(`fewer cases pass than before (p = ${driftP.toPrecision(2)}, alarm below ${drift})`);
  const ids = new Set(run.cases.map(({ id }) => id));
  return {
    held: reasons.length === 0,
    reasons,
    notes,
    against: baseline.name,
    broken: [...broken],
    added: run.cases.filter(({ id }) => !baseline.cases.has(id)).map(({ id }) => id),
    removed: [...baseline.cases.keys()].filter((id) => !ids.has(id)),
    protectedCases,
    driftP,
    scoreDifference: pairedBootstrap(
      shared.map(({ one, before }) => (run.selective ? one.trials[0]!.score : scoreOf(one)) - before.score),
    ),
    minimumDetectable: minimumDetectableDrop(
      shared.map(({ before }) => before),
      { alpha: drift === 0 ? DRIFT_ALPHA : drift, trialsNow: shared[0]?.now.trials ?? 1 },
    ),
  };
}

function sameJudges(a: { readonly [task: string]: string }, b: { readonly [task: string]: string }): boolean {
  const sorted = (judges: object) => JSON.stringify(Object.entries(judges).sort());
  return sorted(a) === sorted(b);
}

function percent(rate: number): string {
  return `${Math.round(rate * 1000) / 10} %`;
}
