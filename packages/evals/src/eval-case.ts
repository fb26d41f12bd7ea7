import type { JsonObject, JsonValue } from "@armature/contracts";
import { z } from "zod";

/** One case of a data set. */
export const EvalCase = z.strictObject({
  /** Unique in its data set; baselines are compared case by case under it. */
  id: z.string().min(1),
  /** What the task is run with. */
  input: z.json(),
  /** What scorers compare with. */
  expected: z.json().optional(),
  /** Whatever scorers need beside it. */
  metadata: z.record(z.string(), z.json()).optional(),
});

export interface EvalCase {
  readonly id: string;
  readonly input: JsonValue;
  readonly expected?: JsonValue;
  readonly metadata?: JsonObject;
}

/** Cases under a name. The hash is of all of them: another hash is another data set. */
export interface DataSet {
  readonly name: string;
  readonly cases: readonly EvalCase[];
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}
