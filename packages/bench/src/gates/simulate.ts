import { type Baseline, DRIFT_ALPHA, isProtected, seeded, testCases, trialsToAdd } from "@armature/evals";
import { ratesOf, type Scenario } from "./scenario.js";

interface SimulatedGate {
  readonly falseAlarm: number;
  readonly caseAlarm: number;
  readonly driftAlarm: number;
  readonly found: number;
  readonly callsUnchanged: number;
  readonly callsBroken: number;
}

const BASELINE_TRIALS = 8;

/** Runs the gate on drawn baselines and runs: once with nothing changed, once with the first stable case broken. */
export function simulateGate(scenario: Scenario, rounds: number, seed = 1): SimulatedGate {
  const random = seeded(seed);
  const rates = ratesOf(scenario);
  const counts = { falseAlarm: 0, caseAlarm: 0, driftAlarm: 0, found: 0, callsUnchanged: 0, callsBroken: 0 };
  for (let round = 0; round < rounds; round++) {
    const baseline = drawBaseline(rates, random);
    const quiet = drawRun(rates, baseline, random);
    const [flagged, drifted] = [quiet.tests.broken.length > 0, quiet.tests.driftP < DRIFT_ALPHA];
    if (flagged || drifted) counts.falseAlarm++;
    if (flagged) counts.caseAlarm++;
    if (drifted) counts.driftAlarm++;
    counts.callsUnchanged += quiet.trials / rates.length;

    const broken = drawRun([0, ...rates.slice(1)], baseline, random);
    if (broken.tests.broken.some(({ id }) => id === "0")) counts.found++;
    counts.callsBroken += broken.trials / rates.length;
  }
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count / rounds]),
  ) as unknown as SimulatedGate;
}

type Chance = ReturnType<typeof seeded>;

function drawBaseline(rates: readonly number[], random: Chance): Baseline {
  const cases = rates.map((rate, index) => {
    const passes = Array.from({ length: BASELINE_TRIALS }, () => random.next() < rate).filter(Boolean).length;
    return [String(index), { passes, trials: BASELINE_TRIALS, score: passes / BASELINE_TRIALS }] as const;
  });
  return { name: "drawn", dataSetHash: "", judges: {}, cases: new Map(cases), costMicroUsd: 0, p50Ms: 0, p99Ms: 0 };
}

function drawRun(rates: readonly number[], baseline: Baseline, random: Chance) {
  const draw = (rate: number) => {
    const passed = random.next() < rate;
    const score = passed ? 1 : 0;
    return { passed, score, scores: {}, latencyMs: 0, costMicroUsd: 0, requestId: "" };
  };
  const cases = rates.map((rate, index) => {
    const id = String(index);
    const before = baseline.cases.get(id)!;
    const trials = [draw(rate)];
    if (isProtected(before.passes, before.trials)) {
      const more = trialsToAdd(trials[0]!.passed ? 1 : 0, 1);
      for (let count = 0; count < more; count++) trials.push(draw(rate));
    }
    return { id, trials };
  });
  return { tests: testCases(cases, baseline, true), trials: cases.reduce((sum, { trials }) => sum + trials.length, 0) };
}
