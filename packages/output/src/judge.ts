import type { Change, Issue, JsonPath, JsonValue } from "@armature/contracts";
import { coerce } from "./coerce/coerce.js";
import type { CoercionChange } from "./coerce/coerced.js";
import type { CoercionKind } from "./coerce/scalar.js";
import type { Checked, Contract, SchemaIssue } from "./contract.js";
import { locate, type Node } from "./scan/node.js";

/** JSON that stands in a text. */
export interface Found {
  readonly json: JsonValue;
  /** Where its parts are; asked for only when there is something to say about one. */
  readonly node: () => Node;
  readonly text: string;
}

export type Judged<T> =
  | { readonly fits: true; readonly value: T; readonly json: JsonValue; readonly changes: readonly Change[] }
  | { readonly fits: false; readonly issues: readonly Issue[]; readonly changes: readonly Change[] };

/** Coerces JSON as the schema decides and lets the schema judge it, refinements included. */
export function judge<T>(found: Found, contract: Contract<T>, without: ReadonlySet<CoercionKind>): Judged<T> {
  const { shape } = contract;
  const rawNumber = (path: JsonPath, value: number) => rawAt(found, path, value);
  const coerced = coerce(found.json, shape, { root: shape, without, rawNumber });
  const checked = contract.check(withDates(coerced.json, coerced.changes));
  if (checked.ok) {
    return { fits: true, value: checked.value, json: coerced.json, changes: listed(coerced.changes, found) };
  }
  // What coercion took for a misfit may be just what a transform of the schema expects.
  const plain: Checked<T> = coerced.changes.length > 0 && !checked.isOpen ? contract.check(found.json) : checked;
  if (plain.ok) return { fits: true, value: plain.value, json: found.json, changes: [] };
  const ambiguous = coerced.ambiguous.map(
    (path): Issue => ({
      kind: "ambiguous",
      path,
      message: "members of the union fit with different values",
      span: spanOf(found, path),
    }),
  );
  const issues = checked.issues.map((issue) => toIssue(issue, coerced.json, found));
  return { fits: false, issues: [...ambiguous, ...issues], changes: [] };
}

function listed(changes: readonly CoercionChange[], found: Found): readonly Change[] {
  if (changes.length === 0) return [];
  return changes.map((one) => ({ ...one, class: "coercion", span: spanOf(found, one.path) }));
}

/** JSON as its schema takes it: where that asks for dates, a copy with dates. */
function withDates(json: JsonValue, changes: readonly CoercionChange[]): unknown {
  if (changes.length === 0) return json;
  const dates = changes.filter(({ kind }) => kind === "date_from_text");
  if (dates.length === 0) return json;
  const root = { value: structuredClone(json) as unknown };
  for (const { path, after } of dates) {
    let parent = root as unknown as Record<string | number, unknown>;
    let key: string | number = "value";
    for (const next of path) {
      parent = parent[key] as Record<string | number, unknown>;
      key = next;
    }
    parent[key] = new Date(after as string);
  }
  return root.value;
}

function spanOf(found: Found, path: JsonPath): { start: number; end: number } {
  const { start, end } = locate(found.node(), path);
  return { start, end };
}

/** A number as the model wrote it, so that `1.0` becomes the text 1.0. */
function rawAt(found: Found, path: JsonPath, value: number): string {
  const node = locate(found.node(), path);
  const raw = found.text.slice(node.start, node.end).trim();
  return Number(raw) === value ? raw : String(value);
}

/** What zod says of a value that is not there, as of one that is wrong. */
const ABSENT: ReadonlySet<string> = new Set(["invalid_type", "invalid_value", "invalid_union"]);

function toIssue({ kind, path, message, expected }: SchemaIssue, json: JsonValue, found: Found): Issue {
  const received = valueAt(json, path);
  return {
    kind: received === undefined && ABSENT.has(kind) ? "missing" : kind,
    path,
    message,
    span: spanOf(found, path),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  };
}

function valueAt(json: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as { [key: string]: JsonValue })[key];
  }
  return value;
}
