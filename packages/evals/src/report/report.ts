import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ArmatureError } from "@armature/contracts";
import { z } from "zod";

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Rate = z.number().min(0).max(1);
const Interval = z.strictObject({ low: z.number(), high: z.number() });

/** One run of one case. */
export const TrialResult = z.strictObject({
  passed: z.boolean(),
  /** Mean over the scorers. */
  score: Rate,
  scores: z.record(z.string(), z.strictObject({ score: Rate, passed: z.boolean(), note: z.string().optional() })),
  latencyMs: z.number(),
  costMicroUsd: z.int(),
  requestId: z.string(),
  /** The code of a refused request. */
  failure: z.string().optional(),
  output: z.json().optional(),
});
export type TrialResult = z.infer<typeof TrialResult>;

export const CaseResult = z.strictObject({ id: z.string(), trials: z.array(TrialResult) });
export type CaseResult = z.infer<typeof CaseResult>;

const Count = z.strictObject({ passes: z.int(), trials: z.int() });

/** What the comparison with a baseline found. */
export const GateResult = z.strictObject({
  held: z.boolean(),
  /** One sentence for each reason against it. */
  reasons: z.array(z.string()),
  /** What does not speak against it and should be known. */
  notes: z.array(z.string()),
  /** What it was held against; absent where nothing was. */
  against: z.string().optional(),
  /** Protected cases that fail now. */
  broken: z.array(z.strictObject({ id: z.string(), before: Count, now: Count })),
  /** Cases that are neither protected nor compared: they are new, or no longer in the data set. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  protectedCases: z.int(),
  /** Of the drift test; 1 where there was none. */
  driftP: Rate,
  scoreDifference: z.strictObject({ difference: z.number(), ...Interval.shape }).optional(),
  /** The drop of the pass rate that the drift test would find four times out of five. */
  minimumDetectable: Rate.optional(),
});
export type GateResult = z.infer<typeof GateResult>;

/** The whole result of one evaluation, as JSON. */
export const EvalReport = z.strictObject({
  version: z.literal(1),
  eval: z.string(),
  task: z.string(),
  prompt: z.strictObject({ name: z.string(), version: z.string(), hash: Hash }),
  dataSet: z.strictObject({ name: z.string(), hash: Hash }),
  /** `promptHash` of each judge by the name of its task. */
  judges: z.record(z.string(), Hash),
  /** A baseline runs every case equally often; a gate runs again only what failed. */
  mode: z.enum(["baseline", "gate"]),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  /** False when the cost cap or a signal ended it early: such a report proves nothing and cannot be accepted. */
  complete: z.boolean(),
  cases: z.array(CaseResult),
  totals: z.strictObject({
    trials: z.int(),
    /** Of first trials, with Wilson's interval at 95 %. */
    passRate: z.strictObject({ rate: Rate, ...Interval.shape }),
    score: Rate,
    /** Of the requests that were evaluated; judges come on top. */
    costMicroUsd: z.int(),
    judgeCostMicroUsd: z.int(),
    p50Ms: z.number(),
    p99Ms: z.number(),
  }),
  gate: GateResult,
});
export type EvalReport = z.infer<typeof EvalReport>;

/** Reads a report back. A file that is none is `CONFIG_INVALID`. */
export function readReport(file: string): EvalReport {
  if (!existsSync(file)) {
    const message = `${file}: there is no such report; write one with armature eval --out <file>`;
    throw new ArmatureError("CONFIG_INVALID", message);
  }
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `${file}: cannot be read as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const parsed = EvalReport.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${file}: ${path.map(String).join(".")}: ${message}`);
  throw new ArmatureError("CONFIG_INVALID", lines.join("\n"));
}

export function writeReport(file: string, report: EvalReport): void {
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

export function passesOf({ trials }: CaseResult): number {
  return trials.filter(({ passed }) => passed).length;
}

export function scoreOf({ trials }: CaseResult): number {
  return mean(trials.map(({ score }) => score));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** By nearest rank; 0 of nothing. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
}
