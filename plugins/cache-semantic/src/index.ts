export { Agreement, type AgreementFigures } from "./agreement.js";
export {
  type Calibration,
  type CalibrationTarget,
  calibrateThreshold,
  type LabelledPair,
} from "./calibrate-threshold.js";
export { semanticCache } from "./plugin.js";
export { SemanticCache, type SemanticCacheSettings } from "./semantic-cache.js";
