import type { Change, Issue, JsonPath, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { coerce } from "./coerce/coerce.js";
import type { CoercionKind } from "./coerce/scalar.js";
import { shapeOf } from "./coerce/shape.js";
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
export function judge<S extends z.ZodType>(
  found: Found,
  schema: S,
  without: ReadonlySet<CoercionKind>,
): Judged<z.output<S>> {
  const shape = shapeOf(schema);
  const rawNumber = (path: JsonPath, value: number) => rawAt(found, path, value);
  const coerced = coerce(found.json, shape, { root: shape, without, rawNumber });
  const parsed = schema.safeParse(coerced.json);
  if (parsed.success) {
    const changes = coerced.changes.map(
      (one): Change => ({ ...one, class: "coercion", span: spanOf(found, one.path) }),
    );
    return { fits: true, value: parsed.data, json: coerced.json, changes };
  }
  // What coercion took for a misfit may be just what a transform of the schema expects.
  const plain = coerced.changes.length > 0 ? schema.safeParse(found.json) : parsed;
  if (plain.success) return { fits: true, value: plain.data, json: found.json, changes: [] };
  const ambiguous = coerced.ambiguous.map(
    (path): Issue => ({
      kind: "ambiguous",
      path,
      message: "members of the union fit with different values",
      span: spanOf(found, path),
    }),
  );
  const issues = parsed.error.issues.map((issue) => toIssue(issue, coerced.json, found));
  return { fits: false, issues: [...ambiguous, ...issues], changes: [] };
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

function toIssue(issue: z.core.$ZodIssue, json: JsonValue, found: Found): Issue {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const received = valueAt(json, path);
  const expected = expectedOf(issue);
  return {
    kind: received === undefined && issue.code === "invalid_type" ? "missing" : issue.code,
    path,
    message: issue.message,
    span: spanOf(found, path),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  };
}

function expectedOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === "invalid_type") return issue.expected;
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value)).join(" or ");
  if (issue.code === "invalid_format") return issue.format;
  return undefined;
}

function valueAt(json: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as { [key: string]: JsonValue })[key];
  }
  return value;
}
