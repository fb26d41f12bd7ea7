import type { Change, Issue, JsonPath, JsonValue } from "@armature/contracts";
import { coerce } from "./coerce/coerce.js";
import type { CoercionChange } from "./coerce/coerced.js";
import { withDates } from "./coerce/dates.js";
import type { CoercionKind } from "./coerce/scalar.js";
import type { Checked, Contract, SchemaIssue } from "./contract.js";
import { locate, type Node } from "./scan/node.js";

/** JSON that stands in a text. */
interface Found {
  readonly json: JsonValue;
  /** Where its parts are; asked for only when there is something to say about one. */
  readonly node: () => Node;
  readonly text: string;
}

export type Judged<T> =
  | {
      readonly fits: true;
      readonly value: T;
      readonly json: JsonValue;
      /** What the schema was given: the JSON with its dates. */
      readonly given: unknown;
      readonly changes: readonly Change[];
    }
  | { readonly fits: false; readonly issues: readonly Issue[]; readonly changes: readonly Change[] };

/** Coerces JSON as the schema decides and lets the schema judge it, refinements included. */
export function judge<T>(found: Found, contract: Contract<T>, without: ReadonlySet<CoercionKind>): Judged<T> {
  const { shape } = contract;
  const rawNumber = (path: JsonPath, value: number) => rawAt(found, path, value);
  const coerced = coerce(found.json, shape, { root: shape, without, rawNumber });
  const given = withDates(coerced.json, coerced.changes);
  const checked = contract.check(given);
  const ambiguous = coerced.ambiguous.map(
    (path): Issue => ({ kind: "ambiguous", path, message: AMBIGUOUS, span: spanOf(found, path) }),
  );
  // What the schema makes of it is one of several readings.
  if (checked.ok && ambiguous.length > 0) return { fits: false, issues: ambiguous, changes: [] };
  if (checked.ok) {
    return { fits: true, value: checked.value, json: coerced.json, given, changes: listed(coerced.changes, found) };
  }
  // What coercion took for a misfit may be just what a transform of the schema expects.
  const plain: Checked<T> = coerced.changes.length > 0 && !checked.isOpen ? contract.check(found.json) : checked;
  if (plain.ok && ambiguous.length === 0)
    return { fits: true, value: plain.value, json: found.json, given: found.json, changes: [] };
  const issues = checked.issues.map((issue) => toIssue(issue, coerced.json, found));
  return { fits: false, issues: [...ambiguous, ...issues], changes: [] };
}

const AMBIGUOUS = "this can be read in several ways: keys or members of a union fit with different values";

function listed(changes: readonly CoercionChange[], found: Found): readonly Change[] {
  if (changes.length === 0) return [];
  return changes.map(({ written, ...one }) => ({ ...one, class: "coercion", span: spanOf(found, written) }));
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
