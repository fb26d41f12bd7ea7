import { DRIFT_ALPHA, expectedTrials, flagProbability, suiteFalseAlarm } from "@armature/evals";
import { ratesOf, type Scenario } from "./scenario.js";

interface ExactGate {
  /** That some case is flagged although none has changed. */
  readonly falseAlarm: number;
  /** That one stable case which never passes any more is flagged. */
  readonly found: number;
  readonly callsUnchanged: number;
  /** With that one broken case among them. */
  readonly callsBroken: number;
}

/** The probabilities of the two-stage test, baseline included: it is a draw like any other. */
export function exactGate(scenario: Scenario): ExactGate {
  const rates = ratesOf(scenario);
  const calls = rates.map((p) => expectedTrials(p, p));
  const sum = calls.reduce((total, one) => total + one, 0);
  return {
    falseAlarm: suiteFalseAlarm(rates),
    found: flagProbability(scenario.stableRate, 0),
    callsUnchanged: sum / rates.length,
    callsBroken: (sum - calls[0]! + expectedTrials(scenario.stableRate, 0)) / rates.length,
  };
}

/**
 * How often the drift test alarms at most, whatever the cases are: an exact conditional test stays at or below its level.
 * Both tests together alarm at most as often as the two rates added up.
 */
export const DRIFT_BOUND = DRIFT_ALPHA;
