export { type Baseline, baselineOfLock, baselineOfReport, evaluationOf } from "./baseline.js";
export { cassette, type ModelCassetteOptions } from "./cassette/cassette.js";
export { type CassetteKey, type JudgeCassette, judgeCassette } from "./cassette/judge-cassette.js";
export type { CassetteOptions } from "./cassette/tape.js";
export { type CsvRow, csv } from "./data/csv.js";
export { dataSet } from "./data/data-set.js";
export { casesFromJournal, fromJournal, type JournalSample } from "./data/from-journal.js";
export { jsonl } from "./data/jsonl.js";
export { defineEval, type Eval, type EvalDefinition, type GateOptions, isEval } from "./define-eval.js";
export type { BootedApp, EvalApp } from "./eval-app.js";
export { type DataSet, EvalCase } from "./eval-case.js";
export { type BootstrapOptions, type BootstrapResult, pairedBootstrap, seeded } from "./gate/bootstrap.js";
export { type CaseTests, type Count, testCases } from "./gate/case-tests.js";
export { DRIFT_ALPHA, decideGate, type GateSubject } from "./gate/decide.js";
export { minimumDetectableDrop } from "./gate/detectable.js";
export { driftPValue, mcNemarPValue, type PairedCount } from "./gate/drift.js";
export {
  expectedTrials,
  flagProbability,
  isBroken,
  isProtected,
  suiteFalseAlarm,
  TWO_STAGE,
  type TwoStageRule,
  trialsToAdd,
} from "./gate/two-stage.js";
export { type Interval, wilsonInterval } from "./gate/wilson.js";
export { diffJson } from "./json-diff.js";
export { type Agreement, checkAgreement, cohenKappa, type LabelledAnswer } from "./judge/agreement.js";
export { defineJudge, type Judge, type JudgeDefinition, JudgeInput, type JudgeVerdict } from "./judge/judge.js";
export { type LockedApplication, libraryOf, lockSubject, lockSubjects } from "./lock-subjects.js";
export { lockedBaseline } from "./register-eval.js";
export { type Comparison, compareWith, type Flip, type Moved } from "./report/compare.js";
export { formatHtml } from "./report/html.js";
export { formatJunit } from "./report/junit.js";
export { CaseResult, EvalReport, GateResult, readReport, TrialResult, writeReport } from "./report/report.js";
export { formatDiff, formatReport } from "./report/terminal.js";
export { type RunEvalOptions, runEval } from "./run-eval.js";
export { type ForeignArguments, type ForeignScore, fromScorer } from "./scorers/adapter.js";
export { cost, latency } from "./scorers/bounds.js";
export { exact, type FieldOptions, jsonDiff, numericCloseness, schemaScorer, setCloseness } from "./scorers/json.js";
export type { Field, Score, ScoreRequest, Scorer, ScorerOptions } from "./scorers/scorer.js";
export { type Citation, citations, groundedness, type Source, type SourceOptions } from "./scorers/sources.js";
export { contains, regex, type TextOptions } from "./scorers/texts.js";
