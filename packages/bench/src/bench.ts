/** What a benchmark may be told on the command line. */
interface BenchOptions {
  /** Where it reads its data or puts its files; a temporary folder when absent. */
  readonly data?: string;
  /** Whether a benchmark that learns does so from its data now, and keeps what it learned. */
  readonly isTraining?: boolean;
  /** How many records a benchmark of storage fills its file with. */
  readonly records?: number;
}

/** What a figure had to be, and whether it was. */
export interface Target {
  readonly name: string;
  readonly figure: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly held: boolean;
}

/** A figure that must not be passed. */
export function atMost(name: string, figure: number, bound: number): Target {
  return { name, figure, atMost: bound, held: figure <= bound };
}

/** A figure that has to be reached. */
export function atLeast(name: string, figure: number, bound: number): Target {
  return { name, figure, atLeast: bound, held: figure >= bound };
}

export interface BenchResult {
  /** Readable without this program: numbers under names that carry their unit. */
  readonly figures: object;
  readonly targets: readonly Target[];
  /** One JSON line for each row that was measured: they go into the file of `--out` in place of the last line. */
  readonly lines?: readonly string[];
}

/** One benchmark. It prints its tables as it goes and returns what the last line says. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;
