import { describe, expect, it } from "vitest";
import { exactGate } from "./gates/exact.js";
import { SCENARIO } from "./gates/scenario.js";
import { simulateGate } from "./gates/simulate.js";

describe("the gate on synthetic cases", () => {
  const exact = exactGate(SCENARIO);

  it("meets its bars by calculation", () => {
    expect(exact.falseAlarm + 0.005).toBeLessThanOrEqual(0.025);
    expect(exact.found).toBeGreaterThanOrEqual(0.83);
    expect(exact.callsBroken).toBeLessThanOrEqual(1.2);
  });

  it("does in simulation what the calculation says, within four standard errors", () => {
    const rounds = 1_500;
    const simulated = simulateGate(SCENARIO, rounds);
    const near = (figure: number, truth: number) =>
      expect(Math.abs(figure - truth)).toBeLessThan(4 * Math.sqrt((truth * (1 - truth)) / rounds));
    near(simulated.caseAlarm, exact.falseAlarm);
    near(simulated.found, exact.found);
    expect(simulated.callsBroken).toBeCloseTo(exact.callsBroken, 1);
    expect(simulated.driftAlarm).toBeLessThan(0.005 + 4 * Math.sqrt(0.005 / rounds));
  });
});
