import { atLeast, atMost, type Bench } from "./bench.js";
import { DRIFT_BOUND as drift, exactGate } from "./gates/exact.js";
import { SCENARIO } from "./gates/scenario.js";
import { simulateGate } from "./gates/simulate.js";
import { formatTable } from "./report.js";
import { rounded } from "./statistics.js";

/** Simulated runs; the standard error of a rate near 2 % is then 0.14 %. */
const ROUNDS = 10_000;

/**
 * How often the gate cries wolf, and how often it sees one broken case: by exact calculation, and by simulating whole
 * runs through the very function that decides.
 */
export const gates: Bench = async () => {
  const exact = exactGate(SCENARIO);
  const simulated = simulateGate(SCENARIO, ROUNDS);
  const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
  console.log(
    `${SCENARIO.stable} cases at ${SCENARIO.stableRate}, ${SCENARIO.shaky} at ${SCENARIO.shakyRate}; ${ROUNDS} simulated runs\n`,
  );
  console.log(
    formatTable(
      ["", "exact", "simulated"],
      [
        ["false alarm of single cases", percent(exact.falseAlarm), percent(simulated.caseAlarm)],
        ["false alarm of the drift test", `at most ${percent(drift)}`, percent(simulated.driftAlarm)],
        ["false alarm of the gate", `at most ${percent(exact.falseAlarm + drift)}`, percent(simulated.falseAlarm)],
        ["one broken case found", percent(exact.found), percent(simulated.found)],
        ["calls a case, nothing changed", exact.callsUnchanged.toFixed(3), simulated.callsUnchanged.toFixed(3)],
        ["calls a case, one broken", exact.callsBroken.toFixed(3), simulated.callsBroken.toFixed(3)],
      ],
    ),
  );
  return {
    figures: {
      rounds: ROUNDS,
      exact: { ...mapRounded(exact), driftBound: rounded(drift) },
      simulated: mapRounded(simulated),
    },
    targets: [
      atMost("exact false alarm of the whole gate", rounded(exact.falseAlarm + drift), 0.025),
      atMost("simulated false alarm of the whole gate", rounded(simulated.falseAlarm), 0.025),
      atLeast("exact rate at which one broken case is found", rounded(exact.found), 0.83),
      atLeast("simulated rate at which one broken case is found", rounded(simulated.found), 0.83),
      atMost("exact calls a case, one broken", rounded(exact.callsBroken), 1.2),
      atMost("simulated calls a case, one broken", rounded(simulated.callsBroken), 1.2),
    ],
  };
};

function mapRounded<T extends object>(figures: T): { [K in keyof T]: number } {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value as number)])) as {
    [K in keyof T]: number;
  };
}
