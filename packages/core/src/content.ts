import type { JsonValue } from "@armature/contracts";
import { jsonCopy } from "./state.js";

/** How a value stands in a message: a text as it is, everything else as JSON. */
export function contentOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * What JSON says of a value that somebody else has made: a date is its text, a function nothing. Throws for what JSON
 * cannot say, such as a BigInt or a cycle.
 */
export function asJson(value: unknown): JsonValue {
  return jsonCopy(value) ?? (JSON.parse(JSON.stringify(value) ?? "null") as JsonValue);
}
