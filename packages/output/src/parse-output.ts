import type { Change, JsonObject, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { readAnswer } from "./answer.js";
import type { CoercionKind } from "./coerce/scalar.js";
import { admits } from "./coerce/shape.js";
import { type Contract, contractOf, type OutputSchema, wholeIssues } from "./contract.js";
import { judge } from "./judge.js";
import { at, conclude, cut, refuse } from "./rejection.js";
import type { ParsedOutput, ParseOptions } from "./result.js";
import { skipSpace } from "./scan/blank.js";
import { partsOf } from "./scan/dialect.js";
import type { Node } from "./scan/node.js";
import { readJson } from "./scan/reader.js";
import { once } from "./scan/reading.js";
import { parseEscaped, parseStrict } from "./scan/strict.js";
import type { StandardSchema } from "./standard-schema.js";
import { isText } from "./text.js";
import { isZod } from "./zod.js";

/**
 * Makes a contract value of a model's text, or says why it cannot: nothing is guessed. The schema is one of zod 4, a
 * validator of another library by its Standard Schema (zod 3, Valibot, ArkType ...), or a JSON Schema.
 *
 * `OUTPUT_REFUSED`: the model or its provider declined. `OUTPUT_TRUNCATED`: the text is cut. `OUTPUT_INVALID`: it does
 * not satisfy the schema. `UNGROUNDED`: a sourced field is not in its source. Throws `CONFIG_INVALID` where the schema
 * has to be waited for: then it is `parseOutputAsync` that is wanted.
 */
export function parseOutput<S extends z.ZodType>(
  text: string,
  schema: S,
  options?: ParseOptions,
): ParsedOutput<z.output<S>>;
export function parseOutput(text: string, schema: JsonObject, options?: ParseOptions): ParsedOutput<JsonValue>;
export function parseOutput<T>(text: string, schema: StandardSchema<T>, options?: ParseOptions): ParsedOutput<T>;
export function parseOutput(text: string, schema: OutputSchema, options?: ParseOptions): ParsedOutput<unknown>;
export function parseOutput(text: string, schema: OutputSchema, options: ParseOptions = {}): ParsedOutput<unknown> {
  const contract = contractOf(schema, options.jsonSchema);
  return parseUnder(text, contract, isZod(schema) && isText(schema), options);
}

const NONE: ReadonlySet<CoercionKind> = new Set();

/** The same for a contract of any making. */
export function parseUnder(
  text: string,
  contract: Contract,
  isProse: boolean,
  options: ParseOptions,
): ParsedOutput<unknown> {
  if (options.refusal) return refuse("OUTPUT_REFUSED", [at("refusal", options.refusal)]);
  if (options.finish === "content_filter") {
    return refuse("OUTPUT_REFUSED", [at("content_filter", "the provider's filter stopped the answer")]);
  }
  if (isProse) return parseProse(text, contract, options);
  const without = options.without === undefined ? NONE : new Set(options.without);
  const strict = parseStrict(text);
  const mayHoldJson = () => !without.has("double_encoded") && !admits(contract.shape, "string", contract.shape);
  if (strict === undefined) {
    const escaped = parseEscaped(text);
    if (escaped === undefined || !mayHoldJson()) return readAnswer(text, contract, options, without);
    return unwrapped(text, escaped, readAnswer(escaped, contract, options, without));
  }
  if (typeof strict.json === "string" && mayHoldJson()) {
    const inner = readAnswer(strict.json, contract, options, without);
    if (inner.status === "value" || inner.issues[0]?.kind !== "no_json") return unwrapped(text, strict.json, inner);
  }
  if (options.finish === "length" && typeof strict.json === "number") return cut(text.length);
  const node = once(() => strictNode(text, strict.json));
  return conclude(judge({ json: strict.json, node, text }, contract, without), contract, options);
}

function strictNode(text: string, json: JsonValue): Node {
  const start = skipSpace(text, 0);
  const isNested = typeof json === "object" && json !== null;
  return isNested ? partsOf(readJson(text, start)) : { value: json, start, end: text.trimEnd().length };
}

function parseProse(text: string, contract: Contract, options: ParseOptions): ParsedOutput<unknown> {
  if (options.finish === "length") return cut(text.length);
  if (text.trim() === "") return refuse("OUTPUT_INVALID", [at("empty", "the answer is empty")]);
  const checked = contract.check(text);
  if (!checked.ok) return refuse("OUTPUT_INVALID", wholeIssues(checked.issues));
  return conclude({ fits: true, value: checked.value, json: text, given: text, changes: [] }, contract, options);
}

/** The result for a text that stood in a JSON string. Its escapes shift every place: all spans are the whole text's. */
function unwrapped<T>(text: string, inner: string, result: ParsedOutput<T>): ParsedOutput<T> {
  const span = { start: 0, end: text.length };
  const change: Change = { kind: "double_encoded", class: "coercion", path: [], span, before: text, after: inner };
  const changes = [change, ...result.changes.map((one) => ({ ...one, span }))];
  if (result.status === "value") return { ...result, changes };
  return { ...result, changes, issues: result.issues.map((issue) => (issue.span ? { ...issue, span } : issue)) };
}
