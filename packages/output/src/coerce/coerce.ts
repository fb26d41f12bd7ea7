import type { JsonObject, JsonPath, JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { foldKey } from "../scan/node.js";
import { embeddedJson } from "./embedded.js";
import { booleanFrom, type CoercionKind, memberFrom, nullFrom, numberFrom, type ScalarCoercion } from "./scalar.js";
import { admits, resolve, type Shape, typeOf, typesOf } from "./shape.js";

export interface CoercionChange {
  readonly kind: CoercionKind;
  readonly path: JsonPath;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface Coerced {
  readonly json: JsonValue;
  readonly changes: readonly CoercionChange[];
  /** How many places still do not have the shape. */
  readonly misfits: number;
  /** Places where members of a union fit with different values. */
  readonly ambiguous: readonly JsonPath[];
}

/** A place in the JSON as a chain from below: its path is spelled out only where something is to be said. */
interface Place {
  readonly up: Place | null;
  readonly key: string | number;
}

function pathOf(place: Place | null): JsonPath {
  const path: (string | number)[] = [];
  for (let one = place; one !== null; one = one.up) path.push(one.key);
  return path.reverse();
}

export interface CoercionContext {
  readonly root: Shape;
  readonly without: ReadonlySet<CoercionKind>;
  /** The number at a path as the model wrote it. */
  readonly rawNumber: (path: JsonPath, value: number) => string;
  /** Results for a value and a union that were met before: unions inside unions ask for the same ones again. */
  readonly known: Map<JsonValue, Map<readonly Shape[], Coerced>>;
}

/** Brings a JSON value nearer to a shape, where the shape leaves one way only. Depth is bounded by the reader's. */
export function coerce(json: JsonValue, shape: Shape, context: CoercionContext, path: Place | null = null): Coerced {
  return coerceNew(json, resolve(shape, context.root), context, path);
}

function coerceNew(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const members = own.anyOf ?? own.oneOf;
  if (members !== undefined) return coerceUnion(json, members, context, path);
  if (own.allOf !== undefined) {
    const { allOf, ...rest } = own;
    return [rest, ...allOf].reduce(
      (result, part) => then(result, coerce(result.json, part, context, path)),
      asIs(json),
    );
  }
  const types = typesOf(own);
  if (types !== undefined && types.length > 1) {
    return coerceUnion(
      json,
      types.map((type) => ({ ...own, type })),
      context,
      path,
    );
  }
  if (own.const !== undefined || own.enum !== undefined) return coerceMember(json, own, context, path);
  switch (types?.[0]) {
    case "object":
      return coerceObject(json, own, context, path);
    case "array":
      return coerceArray(json, own, context, path);
    case "string":
      return coerceText(json, own, context, path);
    case "integer":
    case "number":
      return coerceNumber(json, own, context, path);
    case "boolean":
      return typeof json === "boolean" ? asIs(json) : fromText(json, booleanFrom, context, path);
    case "null":
      return json === null ? asIs(json) : fromText(json, nullFrom, context, path);
    default:
      return asIs(json);
  }
}

function coerceUnion(
  json: JsonValue,
  members: readonly Shape[],
  context: CoercionContext,
  path: Place | null,
): Coerced {
  const results = members.map((member) => coerce(json, member, context, path));
  const fitting = results.filter((result) => result.misfits === 0);
  const unchanged = fitting.find((result) => result.changes.length === 0);
  if (unchanged !== undefined) return unchanged;
  const [first, ...others] = fitting;
  if (first === undefined) {
    const ambiguous = results.flatMap((result) => result.ambiguous);
    return { json, changes: [], misfits: Math.min(...results.map((result) => result.misfits)), ambiguous };
  }
  if (others.every((other) => jsonEqual(other.json, first.json))) return first;
  return { json, changes: [], misfits: 1, ambiguous: [pathOf(path)] };
}

function coerceMember(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const allowed = own.enum ?? [own.const!];
  if (allowed.some((value) => jsonEqual(value, json))) return asIs(json);
  return fromText(json, (text) => memberFrom(text, allowed), context, path);
}

function coerceText(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (typeof json === "number") {
    return change("text_from_number", json, context.rawNumber(pathOf(path), json), context, path);
  }
  if (typeof json !== "string") return misfit(json);
  const short = own.minLength !== undefined && json.length < own.minLength;
  const long = own.maxLength !== undefined && json.length > own.maxLength;
  const other = own.pattern !== undefined && !new RegExp(own.pattern, "u").test(json);
  return short || long || other ? misfit(json) : asIs(json);
}

function coerceNumber(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const integer = own.type === "integer";
  const result =
    typeof json === "number" ? asIs(json) : fromText(json, (text) => numberFrom(text, integer), context, path);
  const value = result.json;
  if (typeof value !== "number") return result;
  const low = own.minimum !== undefined && value < own.minimum;
  const high = own.maximum !== undefined && value > own.maximum;
  return low || high || (integer && !Number.isInteger(value)) ? misfit(json) : result;
}

function coerceArray(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (!Array.isArray(json)) {
    const embedded = fromEmbedded(json, own, context, path);
    if (embedded !== undefined) return embedded;
    return isOne(json) ? listOfOne(json, own, context, path) : misfit(json);
  }
  let out: JsonValue[] | undefined;
  const tally = new Tally();
  for (const [index, item] of json.entries()) {
    const shape = own.prefixItems?.[index] ?? own.items;
    if (typeof shape !== "object") continue;
    const coerced = coerce(item, shape, context, { up: path, key: index });
    tally.add(coerced);
    if (coerced.json === item) continue;
    out ??= [...json];
    out[index] = coerced.json;
  }
  const least = Math.max(own.minItems ?? 0, own.prefixItems?.length ?? 0);
  if (json.length < least || json.length > (own.maxItems ?? Number.POSITIVE_INFINITY)) tally.misfits += 1;
  return tally.of(out ?? json);
}

/** A text that separates several things is not one thing, and null is none. */
function isOne(json: JsonValue): boolean {
  return json !== null && !(typeof json === "string" && (json.trim() === "" || /[,;|\n\t]|^\s*[[{]/.test(json)));
}

function listOfOne(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const shape = own.prefixItems === undefined ? own.items : false;
  if (typeof shape !== "object" || context.without.has("list_of_one")) return misfit(json);
  // Where an item may be a list itself, one value could be wrapped once, twice or without end.
  if (admits(shape, "array", context.root)) return misfit(json);
  const item = coerce(json, shape, context, path);
  const wrongCount = (own.minItems ?? 0) > 1 || own.maxItems === 0;
  if (item.misfits > 0 || wrongCount) return misfit(json);
  return then(item, change("list_of_one", item.json, [item.json], context, path));
}

function coerceObject(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return fromEmbedded(json, own, context, path) ?? misfit(json);
  }
  const named = nameKeys(json, own, context, path);
  const source = named.json as JsonObject;
  const required = new Set(own.required);
  const tally = new Tally();
  tally.add(named);
  const mended = new Map<string, JsonValue | undefined>();
  for (const key of Object.keys(source)) {
    const known = own.properties !== undefined && Object.hasOwn(own.properties, key);
    const shape = known ? own.properties![key]! : own.additionalProperties;
    const value = source[key]!;
    if (shape === false) tally.misfits += 1;
    if (typeof shape !== "object") continue;
    const place = { up: path, key };
    const isAbsent = value === null && known && !required.has(key) && !admits(shape, "null", context.root);
    if (isAbsent && !context.without.has("null_as_absent")) {
      mended.set(key, undefined);
      tally.add(change("null_as_absent", null, null, context, place));
      continue;
    }
    const coerced = coerce(value, shape, context, place);
    if (coerced.json !== value) mended.set(key, coerced.json);
    tally.add(coerced);
  }
  for (const key of required) if (!Object.hasOwn(source, key)) tally.misfits += 1;
  if (mended.size === 0) return tally.of(source);
  const entries = Object.entries(source).flatMap(([key, value]): [string, JsonValue][] => {
    const after = mended.has(key) ? mended.get(key) : value;
    return after === undefined ? [] : [[key, after]];
  });
  return tally.of(Object.fromEntries(entries));
}

/** Gives keys that differ only in spelling, or that are aliases, the schema's name, where that is unique. */
function nameKeys(json: JsonObject, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const properties = own.properties;
  if (properties === undefined) return asIs(json);
  const strange = Object.keys(json).filter((key) => !Object.hasOwn(properties, key));
  const absent = Object.keys(properties).filter((key) => !Object.hasOwn(json, key));
  if (strange.length === 0 || absent.length === 0) return asIs(json);
  const names = new Map<string, { name: string; kind: CoercionKind }>();
  for (const key of strange) {
    const aliased = absent.filter((name) => resolve(properties[name]!, context.root).aliases?.includes(key));
    const spelled = absent.filter((name) => foldKey(name) === foldKey(key));
    const found = aliased.length > 0 ? aliased : spelled;
    const kind = aliased.length > 0 ? "key_alias" : "key_spelling";
    if (found.length === 1 && !context.without.has(kind)) names.set(key, { name: found[0]!, kind });
  }
  const counts = new Map<string, number>();
  for (const { name } of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const changes: CoercionChange[] = [];
  const renamed = Object.entries(json).map(([key, value]): [string, JsonValue] => {
    const target = names.get(key);
    if (target === undefined || counts.get(target.name) !== 1) return [key, value];
    changes.push({ kind: target.kind, path: pathOf({ up: path, key: target.name }), before: key, after: target.name });
    return [target.name, value];
  });
  return changes.length === 0 ? asIs(json) : { json: Object.fromEntries(renamed), changes, misfits: 0, ambiguous: [] };
}

function fromEmbedded(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced | undefined {
  if (typeof json !== "string" || context.without.has("embedded_json")) return undefined;
  const inner = embeddedJson(json);
  if (inner === undefined || typeOf(inner) !== own.type) return undefined;
  const coerced = coerce(inner, own, context, path);
  return coerced.misfits > 0 ? undefined : then(change("embedded_json", json, inner, context, path), coerced);
}

function fromText(
  json: JsonValue,
  read: (text: string) => ScalarCoercion | undefined,
  context: CoercionContext,
  path: Place | null,
): Coerced {
  const found = typeof json === "string" ? read(json) : undefined;
  return found === undefined ? misfit(json) : change(found.kind, json, found.json, context, path);
}

function change(
  kind: CoercionKind,
  before: JsonValue,
  after: JsonValue,
  context: CoercionContext,
  path: Place | null,
): Coerced {
  if (context.without.has(kind)) return misfit(before);
  return { json: after, changes: [{ kind, path: pathOf(path), before, after }], misfits: 0, ambiguous: [] };
}

const NONE: readonly never[] = [];

function asIs(json: JsonValue): Coerced {
  return { json, changes: NONE, misfits: 0, ambiguous: NONE };
}

function misfit(json: JsonValue): Coerced {
  return { json, changes: NONE, misfits: 1, ambiguous: NONE };
}

/** The second result after the first, with what both changed and could not. */
function then(first: Coerced, second: Coerced): Coerced {
  const tally = new Tally();
  tally.add(first);
  tally.add(second);
  return tally.of(second.json);
}

/** Sums up results in time linear in what they hold. */
class Tally {
  misfits = 0;
  private changes: CoercionChange[] | undefined;
  private ambiguous: JsonPath[] | undefined;

  add(result: Coerced): void {
    this.misfits += result.misfits;
    for (const one of result.changes) {
      this.changes ??= [];
      this.changes.push(one);
    }
    for (const one of result.ambiguous) {
      this.ambiguous ??= [];
      this.ambiguous.push(one);
    }
  }

  of(json: JsonValue): Coerced {
    return { json, changes: this.changes ?? NONE, misfits: this.misfits, ambiguous: this.ambiguous ?? NONE };
  }
}
