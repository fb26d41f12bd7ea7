import type { Change, Issue, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import type { OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
import { checkSources } from "./sourced.js";
import { isText } from "./text.js";

/**
 * Makes a contract value of a model's text, or says why it cannot: nothing is guessed.
 *
 * `OUTPUT_REFUSED`: the model or its provider declined. `OUTPUT_TRUNCATED`: the text is cut. `OUTPUT_INVALID`: it does
 * not satisfy the schema. `UNGROUNDED`: a sourced field is not in its source.
 */
export function parseOutput<S extends z.ZodType>(
  text: string,
  schema: S,
  options: ParseOptions = {},
): ParsedOutput<z.output<S>> {
  if (options.refusal) return refuse("OUTPUT_REFUSED", [{ kind: "refusal", path: [], message: options.refusal }]);
  if (options.finish === "length") {
    return refuse("OUTPUT_TRUNCATED", [
      { kind: "truncated", path: [], message: "the answer was cut at the token limit" },
    ]);
  }
  if (isText(schema)) return accept(text, schema, options, []);
  const json = read(text);
  if (json === undefined)
    return refuse("OUTPUT_INVALID", [{ kind: "no_json", path: [], message: "the answer holds no JSON" }]);
  return accept(json, schema, options, []);
}

function accept<S extends z.ZodType>(
  json: JsonValue,
  schema: S,
  options: ParseOptions,
  changes: readonly Change[],
): ParsedOutput<z.output<S>> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue): Issue => ({
        kind: issue.code,
        path: issue.path.map((key) => (typeof key === "number" ? key : String(key))),
        message: issue.message,
      }),
    );
    return refuse("OUTPUT_INVALID", issues, changes);
  }
  const invented = "input" in options ? checkSources(schema, json, options.input) : [];
  if (invented.length > 0) return refuse("UNGROUNDED", invented, changes);
  return { status: "value", value: parsed.data, json, changes, issues: [] };
}

function refuse(
  code: OutputRejected["code"],
  issues: readonly Issue[],
  changes: readonly Change[] = [],
): OutputRejected {
  return { status: "refused", code, issues, changes };
}

function read(text: string): JsonValue | undefined {
  const fence = /```[a-z]*\n([\s\S]*?)\n```/.exec(text);
  for (const candidate of [text, fence?.[1]]) {
    try {
      if (candidate !== undefined) return JSON.parse(candidate) as JsonValue;
    } catch {
      // not this one
    }
  }
  return undefined;
}
