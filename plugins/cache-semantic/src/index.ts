export {
  type Calibration,
  type CalibrationTarget,
  calibrateThreshold,
  type LabelledPair,
} from "./calibrate-threshold.js";
