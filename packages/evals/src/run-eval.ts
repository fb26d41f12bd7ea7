import type { Journal } from "@armature/contracts";
import type { Baseline } from "./baseline.js";
import { CostCap } from "./cost-cap.js";
import type { Eval } from "./define-eval.js";
import type { EvalApp } from "./eval-app.js";
import type { EvalCase } from "./eval-case.js";
import { decideGate } from "./gate/decide.js";
import { isProtected, trialsToAdd } from "./gate/two-stage.js";
import { wilsonInterval } from "./gate/wilson.js";
import { inPool } from "./pool.js";
import { type CaseResult, type EvalReport, mean, percentile, type TrialResult } from "./report/report.js";
import { runTrial } from "./trial.js";

export interface RunEvalOptions {
  readonly app: EvalApp;
  /** What the run is held against. Cases are then run once, and again where a protected one fails. */
  readonly baseline?: Baseline;
  /** Trials of every case, for a new baseline; without `baseline` the definition says how many. */
  readonly trials?: number;
  /** Gives scorers the record of each request. */
  readonly journal?: Pick<Journal, "read">;
  /** Ends the run: no trial starts, those under way are given up and not counted, and the report tells of the others. */
  readonly signal?: AbortSignal;
  /** Called after each trial; `planned` grows when cases are run again. */
  onProgress?(progress: { readonly done: number; readonly planned: number; readonly costMicroUsd: number }): void;
}

/** Runs an evaluation and holds it against its gate. Rejects when a scorer throws: a guess is no measurement. */
export async function runEval(evaluation: Eval, options: RunEvalOptions): Promise<EvalReport> {
  const { task, scorers, concurrency = 4, maxCostUsd } = evaluation;
  const { app, baseline, signal, onProgress } = options;
  const startedAt = new Date();
  const data = typeof evaluation.data === "function" ? await evaluation.data() : evaluation.data;
  const cap = new CostCap(maxCostUsd === undefined ? Number.POSITIVE_INFINITY : maxCostUsd * 1_000_000);
  const isGate = baseline !== undefined && options.trials === undefined;
  const first = isGate ? 1 : (options.trials ?? evaluation.trials);
  let [done, planned, judgeCost] = [0, first * data.cases.length, 0];
  let cut: string | undefined;

  const runTimes = async (one: EvalCase, times: number): Promise<TrialResult[]> => {
    const trials: TrialResult[] = [];
    for (let count = 0; count < times; count++) {
      if (signal?.aborted) {
        cut = STOPPED;
        break;
      }
      if (!cap.enter()) {
        cut ??= describeCap(cap);
        break;
      }
      let spent = 0;
      try {
        const trial = await runTrial(one, evaluation, options);
        spent = trial.result.costMicroUsd + trial.scoringMicroUsd;
        judgeCost += trial.scoringMicroUsd;
        if (trial.cancelled) {
          cut = STOPPED;
          break;
        }
        trials.push(trial.result);
      } catch (error) {
        // A judge that was cancelled has nothing to say, and is no fault of the scorer.
        if (!signal?.aborted) throw error;
        cut = STOPPED;
        break;
      } finally {
        cap.leave(spent);
      }
      onProgress?.({ done: ++done, planned, costMicroUsd: cap.spent });
    }
    return trials;
  };

  const cases = await inPool(data.cases, concurrency, async (one): Promise<CaseResult> => {
    const trials = await runTimes(one, first);
    const before = isGate ? baseline.cases.get(one.id) : undefined;
    if (before && trials.length > 0 && isProtected(before.passes, before.trials)) {
      const more = trialsToAdd(trials.filter(({ passed }) => passed).length, trials.length);
      planned += more;
      trials.push(...(await runTimes(one, more)));
    }
    return { id: one.id, trials };
  });

  const { prompt, promptHash } = app.prepare(task);
  const judges = Object.fromEntries(
    scorers.flatMap(({ judge }) => (judge ? [[judge.task.name, app.prepare(judge.task).promptHash]] : [])),
  );
  const trials = cases.flatMap((one) => one.trials);
  const firsts = cases.flatMap((one) => one.trials.slice(0, 1));
  const passes = firsts.filter(({ passed }) => passed).length;
  const latencies = trials.map(({ latencyMs }) => latencyMs);
  return {
    version: 1,
    eval: evaluation.name,
    task: task.name,
    prompt: { name: prompt.name, version: prompt.version, hash: promptHash },
    dataSet: { name: data.name, hash: data.hash },
    judges,
    mode: isGate ? "gate" : "baseline",
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    complete: cut === undefined,
    cases,
    totals: {
      trials: trials.length,
      passRate: { rate: passes / Math.max(1, firsts.length), ...wilsonInterval(passes, firsts.length) },
      score: mean(firsts.map(({ score }) => score)),
      costMicroUsd: trials.reduce((sum, trial) => sum + trial.costMicroUsd, 0),
      judgeCostMicroUsd: judgeCost,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    },
    gate: decideGate(
      { dataSetHash: data.hash, judges, cases, ...(cut !== undefined && { cut }), selective: isGate },
      baseline,
      evaluation.gate,
    ),
  };
}

const STOPPED = "it was stopped";

function describeCap({ capMicroUsd, spent }: CostCap): string {
  const usd = (micro: number) => (micro / 1_000_000).toFixed(6).replace(/0{1,4}$/, "");
  return `one more trial could pass the cap of ${usd(capMicroUsd)} USD (${usd(spent)} spent); raise it with --max-usd or the evaluation's maxCostUsd`;
}
