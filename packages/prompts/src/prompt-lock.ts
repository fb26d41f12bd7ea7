import { z } from "zod";

const Hash = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal");

/** What an evaluation of one effective hash found: the baseline that later runs are compared with. */
export const PromptEvaluation = z.strictObject({
  dataSet: z.strictObject({ name: z.string(), hash: Hash }),
  /** Of the judge's own prompt, where a model judged. */
  judgeHash: Hash.optional(),
  /** How often each case was run. */
  trials: z.int().positive(),
  /** How many trials of each case passed. */
  passes: z.record(z.string(), z.int().nonnegative()),
  /** All trials together. */
  costMicroUsd: z.int().nonnegative(),
  p50Ms: z.number().nonnegative(),
  p99Ms: z.number().nonnegative(),
});
export type PromptEvaluation = z.infer<typeof PromptEvaluation>;

/** What was accepted of one version of one prompt in one task. */
export const LockEntry = z.strictObject({
  /** `promptHash` of the effective form. */
  hash: Hash,
  variables: z.array(z.string()),
  inputSchema: Hash,
  outputSchema: Hash,
  tools: Hash,
  /** Sections, partials and parameters as lines, so that a difference can be read. */
  text: z.array(z.string()),
  acceptedBy: z.string().min(1),
  acceptedAt: z.iso.datetime(),
  /** Null when it was accepted without one: the check then says STALE. */
  evaluation: PromptEvaluation.nullable(),
});
export type LockEntry = z.infer<typeof LockEntry>;

/** The content of `prompts.lock.json`: entries by `name@version`, then by task. Judges count as tasks of their own. */
export const PromptLock = z.strictObject({
  version: z.literal(1),
  prompts: z.record(z.string(), z.record(z.string(), LockEntry)),
});
export type PromptLock = z.infer<typeof PromptLock>;

export const EMPTY_LOCK: PromptLock = { version: 1, prompts: {} };
