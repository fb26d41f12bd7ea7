import type { JsonObject, JsonValue } from "@armature/contracts";
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
} from "./coerced.js";
import { fromEmbedded } from "./embedded.js";
import type { CoercionKind } from "./scalar.js";
import { admits, namesOf, resolve, type Shape } from "./shape.js";
import { spelled } from "./spelling.js";

export function coerceObject(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
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
    const coerced = context.coerce(value, shape, context, place);
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
  const names = keysOf(own, context.root);
  if (names.length === 0) return asIs(json);
  const known = new Set(names);
  const strange = Object.keys(json).filter((key) => !known.has(key));
  const absent = names.filter((name) => !Object.hasOwn(json, name));
  if (strange.length === 0 || absent.length === 0) return asIs(json);
  const targets = new Map<string, { name: string; kind: CoercionKind }>();
  const others = absent.flatMap((name) => aliasesOf(own, name, context.root).map((alias) => [alias, name] as const));
  for (const key of strange) {
    const aliased = spelled(key, others);
    const kind = aliased === undefined ? "key_spelling" : "key_alias";
    const name =
      aliased ??
      spelled(
        key,
        absent.map((name) => [name, name] as const),
      );
    if (name !== undefined && !context.without.has(kind)) targets.set(key, { name, kind });
  }
  const counts = new Map<string, number>();
  for (const { name } of targets.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const changes: CoercionChange[] = [];
  const renamed = Object.entries(json).map(([key, value]): [string, JsonValue] => {
    const target = targets.get(key);
    if (target === undefined || counts.get(target.name) !== 1) return [key, value];
    changes.push({ kind: target.kind, path: pathOf({ up: path, key: target.name }), before: key, after: target.name });
    return [target.name, value];
  });
  return changes.length === 0 ? asIs(json) : { json: Object.fromEntries(renamed), changes, misfits: 0, ambiguous: [] };
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
