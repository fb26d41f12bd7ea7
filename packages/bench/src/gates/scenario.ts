/** Synthetic cases: each passes a trial with the rate of its kind, all trials independent. */
export interface Scenario {
  readonly stable: number;
  readonly stableRate: number;
  readonly shaky: number;
  readonly shakyRate: number;
}

export const SCENARIO: Scenario = { stable: 80, stableRate: 0.98, shaky: 20, shakyRate: 0.5 };

export function ratesOf({ stable, stableRate, shaky, shakyRate }: Scenario): number[] {
  return [...Array<number>(stable).fill(stableRate), ...Array<number>(shaky).fill(shakyRate)];
}
