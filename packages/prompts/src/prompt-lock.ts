import { z } from "zod";

const Hash = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal");
const By = { by: z.string().min(1), at: z.iso.datetime() };

/** What an evaluation of one effective hash found: the baseline that later runs are compared with. */
export const PromptEvaluation = z.strictObject({
  dataSet: z.strictObject({ name: z.string(), hash: Hash }),
  /** `promptHash` of each judge that scored, by the name of its task. */
  judges: z.record(z.string(), Hash).default({}),
  /** How often each case was run. */
  trials: z.int().positive(),
  /** How many trials of each case passed. */
  passes: z.record(z.string(), z.int().nonnegative()),
  /** The mean score of each case over its trials and scorers, 0 to 1. */
  scores: z.record(z.string(), z.number().min(0).max(1)),
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
  /** The form as lines, so that a difference can be read: sections, examples, partials, parameters; then the schemas. */
  text: z.array(z.string()),
  inputSchema: z.array(z.string()),
  outputSchema: z.array(z.string()),
  tools: z.array(z.string()),
  acceptedBy: z.string().min(1),
  acceptedAt: z.iso.datetime(),
  /** Null when it was accepted without one: the check then says STALE. */
  evaluation: PromptEvaluation.nullable(),
});
export type LockEntry = z.infer<typeof LockEntry>;

/** One step of a label: to which version, who took it and why. The last step of the list is where the label stands. */
export const LabelMove = z.strictObject({ version: z.string().min(1), why: z.string().min(1), ...By });
export type LabelMove = z.infer<typeof LabelMove>;

/**
 * The content of `prompts.lock.json`: entries by `name@version`, then by task; judges are tasks of their own. `labels`
 * pins versions: by `name@major`, then by label, every move that the label made.
 */
export const PromptLock = z.strictObject({
  version: z.literal(1),
  labels: z.record(z.string(), z.record(z.string(), z.array(LabelMove).min(1))),
  prompts: z.record(z.string(), z.record(z.string(), LockEntry)),
});
export type PromptLock = z.infer<typeof PromptLock>;

export const EMPTY_LOCK: PromptLock = { version: 1, labels: {}, prompts: {} };
