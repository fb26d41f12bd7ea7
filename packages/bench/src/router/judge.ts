import { apgr, callsFor, type ScoredPair } from "@armature/plugin-router-cost";
import { percentile, rounded } from "../statistics.js";
import type { RouterRow } from "./row.js";

export interface Judgement {
  readonly apgr: number;
  /** 95% of 400 bootstrap samples of the rows lie between these. */
  readonly apgrFrom: number;
  readonly apgrTo: number;
  /** Share of strong calls that recovers 50% and 80% of the performance gap. */
  readonly cpt50: number;
  readonly cpt80: number;
}

const SAMPLES = 400;

/** What one way of scoring is worth on the rows of one benchmark. */
export function judge(rows: readonly RouterRow[], scores: readonly number[]): Judgement {
  const pairs = rows
    .map((row, index) => ({
      score: scores[index]!,
      weak: Number(row.weak_correct),
      strong: Number(row.strong_correct),
    }))
    .sort((a, b) => b.score - a.score);
  const areas = bootstrap(pairs);
  return {
    apgr: rounded(apgr(pairs)),
    apgrFrom: rounded(percentile(areas, 0.025)),
    apgrTo: rounded(percentile(areas, 0.975)),
    cpt50: rounded(callsFor(pairs, 0.5)),
    cpt80: rounded(callsFor(pairs, 0.8)),
  };
}

function bootstrap(sorted: readonly ScoredPair[]): number[] {
  const random = generator(20_240_614);
  return Array.from({ length: SAMPLES }, () => {
    const counts = new Uint16Array(sorted.length);
    for (let draw = 0; draw < sorted.length; draw++) counts[Math.floor(random() * sorted.length)]!++;
    return apgr(sorted.flatMap((pair, index) => new Array<ScoredPair>(counts[index]!).fill(pair)));
  });
}

/** The same numbers from 0 to 1 in each run (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
