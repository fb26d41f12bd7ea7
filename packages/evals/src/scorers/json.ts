import type { JsonValue } from "@armature/contracts";
import type { ZodType } from "zod";
import { diffJson, equalJson, leafCount } from "../json-diff.js";
import { type Field, NOTHING_EXPECTED, pass, type Scorer, type ScorerOptions, scorerOf } from "./scorer.js";

export interface FieldOptions extends ScorerOptions {
  /** Which part of output and expected value to compare; all of it by default. */
  readonly field?: Field;
}

/** Whether the value satisfies a schema: a narrower one than the task's, say. */
export function schemaScorer(schema: ZodType, options: ScorerOptions = {}): Scorer {
  return scorerOf("schema", options, (output) => {
    const issue = schema.safeParse(output).error?.issues[0];
    return pass(issue === undefined, `${issue?.path.map(String).join(".") || "value"}: ${issue?.message}`);
  });
}

/** Whether the output equals what is expected, key order aside. */
export function exact({ field, ...options }: FieldOptions = {}): Scorer {
  return scorerOf("exact", options, (output, { expected }) => {
    const [got, wanted] = sides(output, expected, field);
    if (wanted === undefined) return NOTHING_EXPECTED;
    return pass(equalJson(got, wanted), `${show(got)} instead of ${show(wanted)}`);
  });
}

/** The share of the leaves of both values that are equal and in the same place. */
export function jsonDiff({ field, ...options }: FieldOptions = {}): Scorer {
  return scorerOf("json-diff", options, (output, { expected }) => {
    const [got, wanted] = sides(output, expected, field);
    if (wanted === undefined) return NOTHING_EXPECTED;
    const differences = diffJson(wanted, got ?? null);
    if (differences.length === 0) return { score: 1 };
    const leaves = Math.max(leafCount(wanted), leafCount(got ?? null), differences.length);
    return { score: 1 - differences.length / leaves, note: differences.slice(0, 5).join("; ") };
  });
}

/** How much two lists have in common, order and repetition aside: F1 of their members (Jaccard's index with `by`). */
export function setCloseness({ field, by = "f1", ...options }: FieldOptions & { by?: "f1" | "jaccard" } = {}): Scorer {
  return scorerOf("set-closeness", options, (output, { expected }) => {
    const [got, wanted] = sides(output, expected, field);
    if (wanted === undefined) return NOTHING_EXPECTED;
    if (!Array.isArray(got) || !Array.isArray(wanted)) return { score: 0, note: `${show(got)} is not a list` };
    const [have, want] = [got, wanted].map((list) => new Set(list.map((one) => show(one))));
    const common = [...have!].filter((one) => want!.has(one)).length;
    const union = have!.size + want!.size - common;
    if (union === 0) return { score: 1 };
    const missing = [...want!].filter((one) => !have!.has(one));
    const extra = [...have!].filter((one) => !want!.has(one));
    const score = by === "f1" ? (2 * common) / (have!.size + want!.size) : common / union;
    return {
      score,
      ...(score < 1 && { note: `missing ${missing.join(", ") || "none"}; extra ${extra.join(", ") || "none"}` }),
    };
  });
}

/** How near two numbers are: 1 when equal, 0 at a difference of `within` (relative to the expected one, or absolute). */
export function numericCloseness({
  field,
  within,
  relative = false,
  ...options
}: FieldOptions & { within: number; relative?: boolean }): Scorer {
  return scorerOf("numeric-closeness", { threshold: 0.5, ...options }, (output, { expected }) => {
    const [got, wanted] = sides(output, expected, field);
    if (wanted === undefined) return NOTHING_EXPECTED;
    if (typeof got !== "number" || typeof wanted !== "number") return { score: 0, note: `${show(got)} is no number` };
    const bound = relative ? within * Math.abs(wanted) : within;
    const off = Math.abs(got - wanted);
    const score = off === 0 ? 1 : bound === 0 ? 0 : Math.max(0, 1 - off / bound);
    return { score, ...(score < 1 && { note: `${got} instead of ${wanted}` }) };
  });
}

function sides(output: JsonValue, expected: JsonValue | undefined, field: Field | undefined) {
  if (!field) return [output, expected] as const;
  return [field(output), expected === undefined ? undefined : field(expected)] as const;
}

function show(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
