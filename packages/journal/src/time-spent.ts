import type { RequestRecord } from "@armature/contracts";

export interface TimeSpent {
  readonly stages: readonly { readonly stage: string; readonly visits: number; readonly ms: number }[];
  /** What no stage accounts for: waiting, guards, the record itself. Milliseconds. */
  readonly betweenMs: number;
}

/** Where the time of a request went, stage by stage in the order in which they were first entered. */
export function timeSpent({ timings, durationMs }: RequestRecord): TimeSpent {
  const sums = new Map<string, { stage: string; visits: number; ms: number }>();
  let spent = 0;
  for (const { stage, durationMs: ms } of timings) {
    const sum = sums.get(stage) ?? { stage, visits: 0, ms: 0 };
    sums.set(stage, { stage, visits: sum.visits + 1, ms: sum.ms + ms });
    spent += ms;
  }
  return { stages: [...sums.values()], betweenMs: Math.max(0, (durationMs ?? spent) - spent) };
}
