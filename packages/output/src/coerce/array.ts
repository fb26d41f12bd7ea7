import type { JsonValue } from "@armature/contracts";
import { type Coerced, type CoercionContext, chain, change, misfit, type Place, Tally } from "./coerced.js";
import { fromEmbedded } from "./embedded.js";
import { isGrouped } from "./scalar.js";
import { admits, resolve, type Shape, typesOf } from "./shape.js";

export function coerceArray(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (!Array.isArray(json)) {
    const embedded = fromEmbedded(json, own, context, path) ?? listFromText(json, own, context, path);
    if (embedded !== undefined) return embedded;
    return isOne(json) ? listOfOne(json, own, context, path) : misfit(json);
  }
  let out: JsonValue[] | undefined;
  let kept: JsonValue[] | undefined;
  const tally = new Tally();
  for (const [index, item] of json.entries()) {
    const shape = own.prefixItems?.[index] ?? own.items;
    if (typeof shape !== "object") continue;
    const coerced = context.coerce(item, shape, context, { up: path, key: index });
    tally.add(coerced);
    if (coerced.kept !== undefined) {
      kept ??= [...json];
      kept[index] = coerced.kept;
    }
    if (coerced.json === item) continue;
    out ??= [...json];
    out[index] = coerced.json;
  }
  const least = Math.max(own.minItems ?? 0, own.prefixItems?.length ?? 0);
  if (json.length < least || json.length > (own.maxItems ?? Number.POSITIVE_INFINITY)) tally.misfits += 1;
  return tally.of(out ?? json, kept);
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
  const item = context.coerce(json, shape, context, path);
  const wrongCount = (own.minItems ?? 0) > 1 || own.maxItems === 0;
  if (item.misfits > 0 || wrongCount) return misfit(json);
  return chain(item, change("list_of_one", item.json, [item.json], context, path));
}

const SEPARATORS = ["\n", ";", "|", ","];

/**
 * `"red, green"` where a list of members of an enum, of numbers or of booleans is asked for, and every part is one. A
 * list of free texts is not read from a text: the separator may be a part of one.
 */
function listFromText(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced | undefined {
  if (typeof json !== "string" || own.prefixItems !== undefined || typeof own.items !== "object") return undefined;
  const item = resolve(own.items, context.root);
  if (isFree(item)) return undefined;
  const separators = SEPARATORS.filter((one) => json.includes(one));
  if (separators.length !== 1 || (separators[0] === "," && isNumeric(item) && maybeOneNumber(json))) return undefined;
  const parts = json.split(separators[0]!).map((part) => part.trim());
  const whole = context.coerce(json, item, context, path);
  const read = parts.map((part, index) => context.coerce(part, item, context, { up: path, key: index }));
  if (whole.misfits === 0 || parts.includes("") || read.some(({ misfits }) => misfits > 0)) return undefined;
  const list = read.map((part) => part.json);
  const isWrongCount = list.length < (own.minItems ?? 0) || list.length > (own.maxItems ?? Number.POSITIVE_INFINITY);
  return isWrongCount ? undefined : change("list_from_text", json, list, context, path);
}

function isFree(item: Shape): boolean {
  const isClosed = item.const !== undefined || item.enum !== undefined;
  return !isClosed && !isNumeric(item) && item.type !== "boolean";
}

function isNumeric(item: Shape): boolean {
  const types = typesOf(item);
  return types?.length === 1 && (types[0] === "number" || types[0] === "integer");
}

/** Commas that may group thousands or stand for the decimal point: `1,234` and `1,5`, but not `1, 5` and `1,5,7`. */
function maybeOneNumber(text: string): boolean {
  return isGrouped(text) || /^\s*[+-]?\d+,\d+\s*$/.test(text);
}
