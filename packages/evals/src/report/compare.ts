import type { Baseline } from "../baseline.js";
import { type EvalReport, passesOf, scoreOf } from "./report.js";

/** One figure before and now. */
export interface Moved {
  readonly before: number;
  readonly now: number;
}

export interface Flip {
  readonly id: string;
  /** `8/8`. */
  readonly before: string;
  readonly now: string;
}

/** Two runs side by side, in the order in which they should be read. */
export interface Comparison {
  /** How many cases both have, and how many only one of them; a case that was not run counts as absent. */
  readonly cases: { readonly shared: number; readonly added: number; readonly removed: number };
  /** Cases of which most trials passed before and fewer than half pass now. */
  readonly broken: readonly Flip[];
  readonly mended: readonly Flip[];
  /** Mean over the cases that both have. */
  readonly score: Moved;
  /** Micro-dollars a trial, judges aside. */
  readonly costMicroUsd: Moved;
  readonly p50Ms: Moved;
  readonly p99Ms: Moved;
}

export function compareWith(before: Baseline, now: EvalReport): Comparison {
  const shared = now.cases.flatMap((one) => {
    const known = before.cases.get(one.id);
    return known && one.trials.length > 0 ? [{ one, known, passes: passesOf(one) }] : [];
  });
  const flips = shared.flatMap(({ one, known, passes }) => {
    const [was, is] = [known.passes * 2 >= known.trials, passes * 2 >= one.trials.length];
    if (was === is) return [];
    const flip = { id: one.id, before: `${known.passes}/${known.trials}`, now: `${passes}/${one.trials.length}` };
    return [{ flip, mended: is }];
  });
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const ran = now.cases.filter(({ trials }) => trials.length > 0).length;
  return {
    cases: { shared: shared.length, added: ran - shared.length, removed: before.cases.size - shared.length },
    broken: flips.filter(({ mended }) => !mended).map(({ flip }) => flip),
    mended: flips.filter(({ mended }) => mended).map(({ flip }) => flip),
    score: {
      before: average(shared.map(({ known }) => known.score)),
      now: average(shared.map(({ one }) => scoreOf(one))),
    },
    costMicroUsd: { before: before.costMicroUsd, now: now.totals.costMicroUsd / Math.max(1, now.totals.trials) },
    p50Ms: { before: before.p50Ms, now: now.totals.p50Ms },
    p99Ms: { before: before.p99Ms, now: now.totals.p99Ms },
  };
}
