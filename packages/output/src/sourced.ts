import { ArmatureError, describeCause, type Issue, type JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { coerce } from "./coerce/coerce.js";
import { withDates } from "./coerce/dates.js";
import { shapeOf } from "./coerce/shape.js";
import { occurs, type SourceForm } from "./source-match.js";
import { holds, placesBelow, type SourcePlace } from "./source-places.js";

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
 * The part may be a text, a number, a boolean, a date, or an array or object of them. What does not occur there was
 * invented, and {@link checkSources} says so with an `ungrounded` issue. An empty text occurs nowhere; null and an absent
 * field say nothing, and need no source. `from` must not fail for any input that the task takes.
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
 * @throws ArmatureError `CONFIG_INVALID` where a source cannot be reached or fails
 */
export function checkSources(schema: z.ZodType, json: JsonValue, input: unknown): Issue[] {
  if (!holds(schema, isSourced)) return [];
  const shape = shapeOf(schema);
  const rawNumber = (_: unknown, value: number) => String(value);
  const coerced = coerce(json, shape, { root: shape, without: new Set(), rawNumber });
  return checkGiven(schema, coerced.misfits > 0 ? json : withDates(coerced.json, coerced.changes), input);
}

/** The same for what zod is given: JSON with its dates. */
export function checkGiven(schema: z.core.$ZodType, given: unknown, input: unknown): Issue[] {
  if (!holds(schema, isSourced)) return [];
  const issues: Issue[] = [];
  const open: SourcePlace[] = [{ schema, given, path: [] }];
  // Depth is bounded by the JSON, but a schema may nest wrappers freely: a work list needs no stack either way.
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.isUnknown) {
      issues.push(ungrounded(place, "what the schema makes of this has to be waited for and cannot be looked up"));
      continue;
    }
    if (place.given === undefined || place.given === null) continue;
    const source = sourceOf(place.schema);
    if (source !== undefined) issues.push(...judge(place, source, input));
    open.push(...placesBelow(place, isSourced).reverse());
  }
  return issues;
}

/** @throws ArmatureError `CONFIG_INVALID` where a source stands where no value can be followed to it */
export function assertReachable(schema: z.core.$ZodType): void {
  holds(schema, isSourced);
}

function isSourced(schema: z.core.$ZodType): boolean {
  return sourceOf(schema) !== undefined;
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

function judge(place: SourcePlace, source: Source, input: unknown): Issue[] {
  const texts = leaves(partOf(input, source, place)).flatMap(writtenForms);
  return leaves(place.given).flatMap((value) => {
    const form = source.as ?? formOf(place.schema, value);
    const isWhole = source.whole ?? false;
    const isFound = writtenForms(value).some((written) => {
      return occurs(typeof value === "number" ? value : written, texts, form, isWhole);
    });
    if (isFound) return [];
    const message = `${JSON.stringify(value)} does not occur in the part of the input it must come from`;
    return [{ ...ungrounded(place, message), expected: source.whole ? "the text of its source" : OCCURS }];
  });
}

const OCCURS = "a value that occurs in its source";

function ungrounded({ path, given }: SourcePlace, message: string): Issue {
  const received = JSON.parse(JSON.stringify(given) ?? "null") as JsonValue;
  return { kind: "ungrounded", path, message, expected: OCCURS, received };
}

function partOf(input: unknown, source: Source, { path }: SourcePlace): unknown {
  try {
    return source.from(input as never);
  } catch (cause) {
    const message = `The source of the field ${path.join(".") || "at the root"} fails for this input: ${describeCause(cause)?.message}`;
    throw new ArmatureError("CONFIG_INVALID", message, { cause });
  }
}

type Leaf = string | number | boolean | bigint | Date;

function formOf(schema: z.core.$ZodType, value: Leaf): SourceForm {
  if (typeof value === "number") return "amount";
  const format = (schema._zod.def as { format?: string }).format;
  return format === "email" ? "address" : "text";
}

/** The ways in which a value is written; a date at midnight also as its day. */
function writtenForms(value: Leaf): string[] {
  if (!(value instanceof Date)) return [String(value)];
  const time = value.toJSON();
  // What is no date is written nowhere.
  if (time === null) return [];
  const short = time.replace(".000Z", "Z");
  return [time, short, ...(time.endsWith("T00:00:00.000Z") ? [time.slice(0, 10)] : [])];
}

/** The scalars of a value, whatever holds them. */
function leaves(value: unknown): Leaf[] {
  const found: Leaf[] = [];
  // An object may hold itself, as entities of a database do.
  const met = new Set<unknown>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (isLeaf(one)) found.push(one);
    else if (!met.has(one)) for (const part of partsOf(one).reverse()) open.push(part);
    if (typeof one === "object") met.add(one);
  }
  return found;
}

function partsOf(value: unknown): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function isLeaf(value: unknown): value is Leaf {
  return value instanceof Date || ["string", "number", "boolean", "bigint"].includes(typeof value);
}
