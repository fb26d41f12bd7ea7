/** What a benchmark may be told on the command line. */
export interface BenchOptions {
  /** Where it reads its data or puts its files; a temporary folder when absent. */
  readonly data?: string;
}

/** What a figure had to be, and whether it was. */
export interface Target {
  readonly name: string;
  readonly figure: number;
  readonly atMost: number;
  readonly held: boolean;
}

/** A figure that has a bound. */
export function atMost(name: string, figure: number, bound: number): Target {
  return { name, figure, atMost: bound, held: figure <= bound };
}

export interface BenchResult {
  /** Readable without this program: numbers under names that carry their unit. */
  readonly figures: object;
  readonly targets: readonly Target[];
}

/** One benchmark. It prints its tables as it goes and returns what the last line says. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;
