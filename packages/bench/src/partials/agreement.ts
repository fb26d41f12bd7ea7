import type { JsonObject, JsonValue } from "@armature/contracts";
import { leadsTo } from "@armature/output";
import type { Row } from "../output/rows.js";
import { openStream } from "./streamed.js";

/** The ways in which what we show of an unfinished answer differs from what others do. Each is a policy of ours. */
export const DIFFERENCES = {
  dialect: "refused by a parser of plain JSON; here only one value is possible, or the end decides",
  before_fault: "refused as a whole; here what stands before the fault is shown, and withdrawn when the answer ends",
  open_scalar: "a number, literal or word at the open end is guessed to be whole; here it is shown when it is",
  open_escape: "half an escape is shown as letters; here it is held back",
  filled: "keys that have not come are filled with empty values; here they are absent",
  empty_text: "a text that has begun is absent until its first letter; here it is shown empty",
  withheld: "shown as it comes; here it does not fit the schema, or more than a character ahead would decide it",
  other: "none of these",
} as const;

export type Difference = keyof typeof DIFFERENCES;

/** How what is shown once the text of a row has come compares with what the row expects; undefined where they agree. */
export function difference(row: Row): Difference | undefined {
  const stream = openStream(row.schema ?? {});
  if (stream === undefined) return "other";
  stream.push(row.raw);
  const snapshot = stream.partial();
  const shown = snapshot.value as JsonValue | undefined;
  if (row.reject === true) {
    if (shown === undefined) return undefined;
    return stream.end({ finish: "stop" }).status === "value" ? "dialect" : "before_fault";
  }
  const expected = row.expected ?? null;
  if (same(shown, expected, row.compare === "nullish")) return undefined;
  if (typeof shown === "string" && OPEN_ESCAPE.test(row.raw)) return "open_escape";
  const [mine, theirs] = [pruned(shown), pruned(expected)];
  if (same(mine, theirs, true)) return hasEmptyText(shown) ? "empty_text" : "filled";
  if (same(mine, pruned(withoutLast(expected)), true)) return "open_scalar";
  return shown === undefined || leadsTo(snapshot, expected) ? "withheld" : "other";
}

const OPEN_ESCAPE = /\\(?:u[0-9a-f]{0,3})?$/i;

/** The value without the scalar at its open end, which is its last. */
function withoutLast(value: JsonValue): JsonValue | undefined {
  if (typeof value !== "object" || value === null) return typeof value === "string" ? value : undefined;
  const entries = Object.entries(value);
  const last = entries.pop();
  if (last === undefined) return value;
  const [key, item] = last as [string, JsonValue];
  const rest = withoutLast(item);
  if (rest !== undefined) entries.push([key, rest]);
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

/** Without nulls, empty texts and empty containers in objects, at every depth: what a filled value has more. */
function pruned(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "object" || value === null) return value ?? undefined;
  if (Array.isArray(value)) return value.map((item) => pruned(item) ?? null);
  const left: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const kept = pruned(item);
    if (kept !== undefined && !isEmpty(kept)) left[key] = kept;
  }
  return left;
}

function isEmpty(value: JsonValue): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function hasEmptyText(value: JsonValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return value === "";
  return Object.values(value).some((item) => hasEmptyText(item as JsonValue));
}

function same(left: JsonValue | undefined, right: JsonValue | undefined, isNullish: boolean): boolean {
  if (left === right || (isNullish && (left ?? null) === (right ?? null))) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [one, other] = [left as { [key: string]: JsonValue }, right as { [key: string]: JsonValue }];
  if (!isNullish && Object.keys(one).length !== Object.keys(other).length) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key], isNullish));
}
