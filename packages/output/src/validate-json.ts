import type { JsonObject, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { contractOf, type OutputSchema } from "./contract.js";
import { judge } from "./judge.js";
import { conclude } from "./rejection.js";
import type { ParsedOutput } from "./result.js";
import type { StandardSchema } from "./standard-schema.js";

/**
 * Holds JSON that is already at hand against a contract: a candidate that was stored, or one in which a guard replaced
 * something. It is coerced as the answer itself is, so that a date comes out of its ISO text; there is no text in which
 * an issue could have a place.
 */
export function validateJson<S extends z.ZodType>(json: JsonValue, schema: S): ParsedOutput<z.output<S>>;
export function validateJson(json: JsonValue, schema: JsonObject): ParsedOutput<JsonValue>;
export function validateJson<T>(json: JsonValue, schema: StandardSchema<T>): ParsedOutput<T>;
export function validateJson(json: JsonValue, schema: OutputSchema): ParsedOutput<unknown>;
export function validateJson(json: JsonValue, schema: OutputSchema): ParsedOutput<unknown> {
  const contract = contractOf(schema);
  const node = () => ({ value: json, start: 0, end: 0 });
  const result = conclude(judge({ json, node, text: "" }, contract, new Set()), contract, {});
  const changes = result.changes.map(({ span: _, ...change }) => change);
  if (result.status === "value") return { ...result, changes };
  return { ...result, changes, issues: result.issues.map(({ span: _, ...issue }) => issue) };
}
