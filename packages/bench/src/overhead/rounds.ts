import { median, percentile, rounded } from "../statistics.js";
import type { ForkedContender } from "./fork.js";
import type { Block, Load } from "./measure.js";

export interface Figures {
  /** Median over the rounds. */
  readonly cpuMs: number;
  /** The cheapest round and the dearest: a difference between contenders that is smaller than this is noise. */
  readonly cpuRangeMs: readonly [number, number];
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Measures the contenders in turns, so that what else the machine does meets all of them alike. */
export async function measureRounds(
  contenders: readonly ForkedContender[],
  rounds: number,
  load: Load,
): Promise<Map<string, Figures>> {
  const blocks = new Map<string, Block[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) blocks.get(contender.name)?.push(await contender.measure(load));
  }
  return new Map(Array.from(blocks, ([name, measured]) => [name, summarize(measured)]));
}

function summarize(blocks: readonly Block[]): Figures {
  const wallMs = blocks.flatMap((block) => block.wallMs);
  const cpuMs = blocks.map((block) => block.cpuMsPerRequest);
  return {
    cpuMs: rounded(median(cpuMs)),
    cpuRangeMs: [rounded(Math.min(...cpuMs)), rounded(Math.max(...cpuMs))],
    p50Ms: rounded(percentile(wallMs, 0.5)),
    p99Ms: rounded(percentile(wallMs, 0.99)),
  };
}
