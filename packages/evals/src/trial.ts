import { ArmatureError, type JsonValue } from "@armature/contracts";
import type { Eval } from "./define-eval.js";
import type { EvalApp } from "./eval-app.js";
import type { EvalCase } from "./eval-case.js";
import { mean, type TrialResult } from "./report/report.js";
import type { RunEvalOptions } from "./run-eval.js";
import type { Score, ScoreRequest, Scorer } from "./scorers/scorer.js";

interface Trial {
  readonly result: TrialResult;
  readonly scoringMicroUsd: number;
  /** Whether the request ended because the run was told to stop: its result says nothing about the case. */
  readonly cancelled: boolean;
}

/** Runs one case once and scores it. */
export async function runTrial(
  one: EvalCase,
  { name, task, scorers }: Eval,
  { app, journal, signal }: RunEvalOptions,
): Promise<Trial> {
  const outcome = await app.run(task, one.input, signal && { signal });
  const record = await journal?.read(outcome.requestId);
  const output = outcome.ok ? toJson(outcome.value) : undefined;
  const request: ScoreRequest = {
    input: one.input,
    ...(output !== undefined && { output }),
    ...(one.expected !== undefined && { expected: one.expected }),
    metadata: one.metadata ?? {},
    outcome,
    ...(record && { record }),
    // What a scorer asks ends with the run.
    app: signal ? endingWith(app, signal) : app,
  };
  const scored = await Promise.all(
    scorers.map(async (scorer) => ({ scorer, score: await ask(scorer, request, `eval "${name}", case "${one.id}"`) })),
  );
  const scores = Object.fromEntries(
    scored.map(({ scorer, score: { score, note } }) => [
      scorer.name,
      { score, passed: score >= scorer.threshold, ...(note !== undefined && { note }) },
    ]),
  );
  return {
    result: {
      passed: Object.values(scores).every(({ passed }) => passed),
      score: mean(Object.values(scores).map(({ score }) => score)),
      scores,
      latencyMs: outcome.durationMs,
      costMicroUsd: outcome.costMicroUsd,
      requestId: outcome.requestId,
      ...(!outcome.ok && { failure: outcome.failure.code }),
      ...(output !== undefined && { output }),
    },
    cancelled: signal?.aborted === true && !outcome.ok && outcome.failure.code === "CANCELLED",
    scoringMicroUsd: scored.reduce((sum, { score }) => sum + (score.costMicroUsd ?? 0), 0),
  };
}

function endingWith(app: EvalApp, signal: AbortSignal): EvalApp {
  return {
    run: (task, input, options) => app.run(task, input, { ...options, signal }),
    prepare: (task) => app.prepare(task),
  };
}

async function ask(scorer: Scorer, request: ScoreRequest, where: string): Promise<Score> {
  let score: Score;
  try {
    score = await scorer.score(request);
  } catch (cause) {
    const code = ArmatureError.isInstance(cause) ? cause.code : "PLUGIN_FAILED";
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ArmatureError(code, `${where}: scorer "${scorer.name}": ${message}`, { cause });
  }
  if (score.score >= 0 && score.score <= 1) return score;
  throw new ArmatureError(
    "PLUGIN_FAILED",
    `${where}: scorer "${scorer.name}" gave ${score.score}, which is not 0 to 1`,
  );
}

/** What the value is once it is stored: dates become texts, undefined fields disappear. */
function toJson(value: unknown): JsonValue {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue);
}
