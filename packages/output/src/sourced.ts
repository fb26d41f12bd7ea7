import type { Issue, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { occurs, type SourceForm } from "./source-match.js";

export interface SourcedOptions {
  /**
   * `text`: as words, without regard to case and spacing. `address`: as an e-mail address. `amount`: as a number,
   * however it is grouped, with the same currency where both name one. By default the schema decides: `address` for
   * e-mail schemas, `amount` for numbers, otherwise `text`.
   */
  readonly as?: SourceForm;
  /** The value must be the whole source, not only occur in it. */
  readonly whole?: boolean;
}

interface Source extends SourcedOptions {
  readonly from: (input: never) => unknown;
}

const sources = new WeakMap<z.core.$ZodType, Source>();

/**
 * Declares the part of the input in which a value must occur: `sourced(z.email(), (input) => input.headers.from)`.
 * The part may be a text, a number, or an array or object of them. What does not occur there was invented, and
 * {@link checkSources} says so with an `ungrounded` issue.
 */
export function sourced<S extends z.ZodType, I = never>(
  schema: S,
  from: (input: I) => unknown,
  options: SourcedOptions = {},
): S {
  const own = schema.clone(schema._zod.def as never, { parent: true }) as S;
  sources.set(own, { from: from as (input: never) => unknown, ...options });
  return own;
}

/**
 * One `ungrounded` issue for each sourced field of `json` that its part of the input does not hold.
 *
 * @param json the JSON candidate, as it is before transforms
 * @param input the task's input, as the sources expect it
 */
export function checkSources(schema: z.core.$ZodType, json: unknown, input: unknown): Issue[] {
  const issues: Issue[] = [];
  const open: Place[] = [{ schema, json, path: [] }];
  // Depth is bounded by the JSON, but a schema may nest wrappers freely: a work list needs no stack either way.
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.json === undefined || place.json === null) continue;
    const source = sourceOf(place.schema);
    if (source !== undefined) issues.push(...judge(place, source, input));
    open.push(...children(place).reverse());
  }
  return issues;
}

interface Place {
  readonly schema: z.core.$ZodType;
  readonly json: unknown;
  readonly path: readonly (string | number)[];
}

function sourceOf(schema: z.core.$ZodType): Source | undefined {
  let current: z.core.$ZodType | undefined = schema;
  while (current !== undefined) {
    const source = sources.get(current);
    if (source !== undefined) return source;
    current = current._zod.parent;
  }
  return undefined;
}

function judge(place: Place, source: Source, input: unknown): Issue[] {
  const texts = leaves(source.from(input as never)).map(String);
  return leaves(place.json).flatMap((value) => {
    if (occurs(value, texts, source.as ?? formOf(place.schema, value), source.whole ?? false)) return [];
    const expected = source.whole ? "the text of its source" : "a value that occurs in its source";
    return [
      {
        kind: "ungrounded",
        path: place.path,
        message: `${JSON.stringify(value)} does not occur in the part of the input it must come from`,
        expected,
        received: place.json as JsonValue,
      },
    ];
  });
}

function formOf(schema: z.core.$ZodType, value: string | number): SourceForm {
  if (typeof value === "number") return "amount";
  const format = (schema._zod.def as { format?: string }).format;
  return format === "email" ? "address" : "text";
}

/** The texts and numbers of a value, whatever holds them. */
function leaves(value: unknown): (string | number)[] {
  const found: (string | number)[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === "string" || typeof one === "number") found.push(one);
    else if (typeof one === "object" && one !== null) open.push(...Object.values(one).reverse());
  }
  return found;
}

function children({ schema, json, path }: Place): Place[] {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  const same = (inner: z.core.$ZodType): Place[] => [{ schema: inner, json, path }];
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
    case "success":
      return same(def.innerType);
    case "pipe":
      return same(def.in);
    case "lazy":
      return same(def.getter());
    case "intersection":
      return [...same(def.left), ...same(def.right)];
    case "union": {
      const fitting = def.options.find((option) => (option as z.ZodType).safeParse(json).success);
      return fitting === undefined ? [] : same(fitting);
    }
    case "object":
      return entries(json).flatMap(([key, value]) => {
        const field = Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall;
        return field === undefined ? [] : [{ schema: field, json: value, path: [...path, key] }];
      });
    case "record":
      return entries(json).map(([key, value]) => ({ schema: def.valueType, json: value, path: [...path, key] }));
    case "array":
      return items(json).map((value, index) => ({ schema: def.element, json: value, path: [...path, index] }));
    case "tuple":
      return items(json).flatMap((value, index) => {
        const item = def.items[index] ?? def.rest;
        return item ? [{ schema: item, json: value, path: [...path, index] }] : [];
      });
    default:
      return [];
  }
}

function entries(json: unknown): [string, unknown][] {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
}

function items(json: unknown): unknown[] {
  return Array.isArray(json) ? json : [];
}
