import type { JsonValue } from "@armature/contracts";
import { textOf } from "@armature/core";
import { type Field, pass, type Scorer, type ScorerOptions, scorerOf } from "./scorer.js";

export interface TextOptions extends ScorerOptions {
  /** Which part of the output to read; every text of it by default. */
  readonly field?: Field;
}

/** Whether the text matches; `not: true` turns it round. */
export function regex(
  pattern: RegExp,
  { field, not = false, ...options }: TextOptions & { not?: boolean } = {},
): Scorer {
  return scorerOf("regex", options, (output) => {
    // A global or sticky expression keeps a place between calls.
    const found = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(read(output, field));
    return pass(found !== not, `${not ? "matches" : "does not match"} ${pattern}`);
  });
}

/**
 * The share of the expected texts that occur in the output: those given here, or the case's `expected` when it is a
 * text or a list of texts. Case counts unless `ignoreCase`.
 */
export function contains(
  texts?: string | readonly string[],
  { field, ignoreCase = false, ...options }: TextOptions & { ignoreCase?: boolean } = {},
): Scorer {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  return scorerOf("contains", options, (output, { expected }) => {
    const wanted = [texts ?? expected ?? []].flat().filter((one): one is string => typeof one === "string");
    if (wanted.length === 0) return { score: 0, note: "the case names no text to look for" };
    const text = fold(read(output, field));
    const missing = wanted.filter((one) => !text.includes(fold(one)));
    const note = missing.length > 0 && { note: `missing: ${missing.join(", ")}` };
    return { score: 1 - missing.length / wanted.length, ...note };
  });
}

/** The text of a part of a value. */
export function read(output: JsonValue, field: Field | undefined): string {
  const part = field ? field(output) : output;
  return part === undefined ? "" : textOf(part);
}
