import type { JsonObject, JsonPath, JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import {
  asIs,
  type Coerced,
  type CoercionChange,
  type CoercionContext,
  change,
  misfit,
  type Place,
  pathOf,
  Tally,
  writtenPathOf,
} from "./coerced.js";
import { fromEmbedded } from "./embedded.js";
import type { CoercionKind } from "./scalar.js";
import { admits, namesOf, resolve, type Shape } from "./shape.js";
import { spelled } from "./spelling.js";

export function coerceObject(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return fromEmbedded(json, own, context, path) ?? misfit(json);
  }
  const { written, ...named } = nameKeys(json, own, context, path);
  const source = named.json as JsonObject;
  const required = new Set(own.required);
  const tally = new Tally();
  tally.add(named);
  const mended = new Map<string, JsonValue | undefined>();
  let kept: Map<string, JsonValue | undefined> | undefined;
  for (const key of Object.keys(source)) {
    const known = own.properties !== undefined && Object.hasOwn(own.properties, key);
    const shape = known ? own.properties![key]! : own.additionalProperties;
    const value = source[key]!;
    if (shape === false) tally.misfits += 1;
    if (shape === undefined && own.dropsKeys === true) {
      kept ??= new Map();
      kept.set(key, undefined);
    }
    if (typeof shape !== "object") continue;
    const wrote = written?.get(key);
    const place: Place = wrote === undefined ? { up: path, key } : { up: path, key, written: wrote };
    const isAbsent = value === null && known && !required.has(key) && !admits(shape, "null", context.root);
    if (isAbsent && !context.without.has("null_as_absent")) {
      mended.set(key, undefined);
      tally.add(change("null_as_absent", null, null, context, place));
      continue;
    }
    const coerced = context.coerce(value, shape, context, place);
    if (coerced.json !== value) mended.set(key, coerced.json);
    if (coerced.kept !== undefined) {
      kept ??= new Map();
      kept.set(key, coerced.kept);
    }
    tally.add(coerced);
  }
  for (const key of required) if (!Object.hasOwn(source, key)) tally.misfits += 1;
  const out = mended.size === 0 ? source : withParts(source, mended);
  return tally.of(out, kept === undefined ? undefined : withParts(out, kept));
}

/** An object with other values for some keys; undefined takes a key away. */
function withParts(source: JsonObject, parts: ReadonlyMap<string, JsonValue | undefined>): JsonObject {
  const entries = Object.entries(source).flatMap(([key, value]): [string, JsonValue][] => {
    const after = parts.has(key) ? parts.get(key) : value;
    return after === undefined ? [] : [[key, after]];
  });
  return Object.fromEntries(entries);
}

/** The result of naming keys, and the keys of the text by those of the schema. */
interface Named extends Coerced {
  readonly written?: ReadonlyMap<string, string>;
}

/**
 * Gives keys that differ only in spelling, or that are aliases, the schema's name. Two keys for one name must have one
 * value, unless the schema takes keys of any name: then only the exact one is meant.
 */
function nameKeys(json: JsonObject, own: Shape, context: CoercionContext, path: Place | null): Named {
  const names = keysOf(own, context.root);
  if (names.length === 0) return asIs(json);
  const known = new Set(names);
  const strange = Object.keys(json).filter((key) => !known.has(key));
  if (strange.length === 0) return asIs(json);
  const isOpen = own.additionalProperties !== undefined && own.additionalProperties !== false;
  const wanted = isOpen ? names.filter((name) => !Object.hasOwn(json, name)) : names;
  if (wanted.length === 0) return asIs(json);
  const others = wanted.flatMap((name) => aliasesOf(own, name, context.root).map((alias) => [alias, name] as const));
  const itself = wanted.map((name) => [name, name] as const);
  const targets = new Map<string, { name: string; kind: CoercionKind }>();
  const first = new Map<string, string>();
  const ambiguous: JsonPath[] = [];
  for (const key of strange) {
    const aliased = spelled(key, others);
    const kind = aliased === undefined ? "key_spelling" : "key_alias";
    const name = aliased ?? spelled(key, itself);
    if (name === undefined || context.without.has(kind)) continue;
    const before = Object.hasOwn(json, name) ? name : first.get(name);
    if (before === undefined) {
      first.set(name, key);
      targets.set(key, { name, kind });
    } else if (!jsonEqual(json[before]!, json[key]!)) ambiguous.push(pathOf({ up: path, key: name }));
  }
  if (ambiguous.length > 0) return { json, changes: [], misfits: 1, ambiguous };
  if (targets.size === 0) return asIs(json);
  const changes: CoercionChange[] = [];
  const written = new Map<string, string>();
  const renamed = Object.entries(json).map(([key, value]): [string, JsonValue] => {
    const target = targets.get(key);
    if (target === undefined) return [key, value];
    const { name, kind } = target;
    const place = { up: path, key: name, written: key };
    changes.push({ kind, path: pathOf(place), written: writtenPathOf(place), before: key, after: name });
    written.set(name, key);
    return [name, value];
  });
  return { json: Object.fromEntries(renamed), changes, misfits: 0, ambiguous, written };
}

/** The keys that a shape names: its properties, and the members of an enum that keys must be of. */
function keysOf(own: Shape, root: Shape): readonly string[] {
  const properties = own.properties === undefined ? [] : Object.keys(own.properties);
  const keys = own.propertyNames === undefined ? undefined : resolve(own.propertyNames, root).enum;
  return keys === undefined ? properties : properties.concat(keys.filter((key) => typeof key === "string"));
}

function aliasesOf(own: Shape, name: string, root: Shape): readonly string[] {
  const property =
    own.properties !== undefined && Object.hasOwn(own.properties, name) ? own.properties[name] : undefined;
  return property === undefined ? [] : namesOf(resolve(property, root));
}
