import type { Baseline } from "../baseline.js";
import { type CaseResult, passesOf } from "../report/report.js";
import { driftPValue } from "./drift.js";
import { isBroken, isProtected } from "./two-stage.js";

export interface Count {
  readonly passes: number;
  readonly trials: number;
}

export interface CaseTests {
  /** The cases that both have. */
  readonly shared: readonly {
    readonly id: string;
    readonly one: CaseResult;
    readonly before: Count & { score: number };
    readonly now: Count;
  }[];
  readonly protectedCases: number;
  readonly broken: readonly { readonly id: string; readonly before: Count; readonly now: Count }[];
  /** Of the drift test; 1 where nothing is shared. */
  readonly driftP: number;
}

/**
 * The two tests of a gate. `selective` says that only cases that failed were run again: their later trials would weigh
 * too much in the drift test, which then counts first trials only.
 */
export function testCases(cases: readonly CaseResult[], baseline: Baseline, selective: boolean): CaseTests {
  const shared = cases.flatMap((one) => {
    const before = baseline.cases.get(one.id);
    if (!before || one.trials.length === 0) return [];
    const counted = selective ? one.trials.slice(0, 1) : one.trials;
    const now = { passes: counted.filter(({ passed }) => passed).length, trials: counted.length };
    return [{ id: one.id, one, before, now }];
  });
  const safe = shared.filter(({ before }) => isProtected(before.passes, before.trials));
  const broken = safe.flatMap(({ id, one, before: { passes, trials } }) => {
    const now = { passes: passesOf(one), trials: one.trials.length };
    return isBroken(now.passes, now.trials) ? [{ id, before: { passes, trials }, now }] : [];
  });
  return { shared, protectedCases: safe.length, broken, driftP: shared.length === 0 ? 1 : driftPValue(shared) };
}
