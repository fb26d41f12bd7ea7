export { CostRouter, type CostRouterOptions } from "./cost-router.js";
export type { FitOptions } from "./fit-gain.js";
export { type ConfidenceJudgement, judgeConfidence } from "./judge-confidence.js";
export { costRouter } from "./plugin.js";
export { examplesOf, parseExamples, type RouteExample } from "./route-example.js";
export { expectedGain, probabilityOf, RouteModel, readRouteModel } from "./route-model.js";
export { apgr, callsFor, gapRecovered, type ScoredPair } from "./routing-curve.js";
export { untrainedGain } from "./sufficiency.js";
export { crossValidate, type TrainOptions, trainRouter } from "./train-router.js";
