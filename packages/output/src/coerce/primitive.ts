import type { JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { patternOf } from "../pattern.js";
import { asIs, type Coerced, type CoercionContext, change, fromText, misfit, type Place } from "./coerced.js";
import { booleanFrom, dateFrom, memberFrom, nullFrom, numberFrom } from "./scalar.js";
import { memberNamesOf, type Shape } from "./shape.js";

/** A member of an enum, or a constant. */
export function coerceMember(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const allowed = own.enum ?? [own.const!];
  if (allowed.some((value) => jsonEqual(value, json))) return asIs(json);
  if (typeof json === "number") {
    const raw = context.rawNumber(path, json);
    return allowed.includes(raw) ? change("text_from_number", json, raw, context, path) : misfit(json);
  }
  if (typeof json === "boolean") {
    const member = memberFrom(String(json), allowed)?.json;
    return typeof member === "string" ? change("enum_spelling", json, member, context, path) : misfit(json);
  }
  return fromText(json, (text) => memberFrom(text, allowed, memberNamesOf(own)), context, path);
}

export function coerceText(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  if (own.dateObject === true) return fromText(json, dateFrom, context, path);
  if (typeof json === "number") {
    return change("text_from_number", json, context.rawNumber(path, json), context, path);
  }
  if (typeof json !== "string") return misfit(json);
  const short = own.minLength !== undefined && json.length < own.minLength;
  const long = own.maxLength !== undefined && json.length > own.maxLength;
  const other = own.pattern !== undefined && !matcherOf(own.pattern).test(json);
  return short || long || other ? misfit(json) : asIs(json);
}

export function coerceNumber(json: JsonValue, own: Shape, context: CoercionContext, path: Place | null): Coerced {
  const integer = own.type === "integer";
  const result =
    typeof json === "number" ? asIs(json) : fromText(json, (text) => numberFrom(text, integer), context, path);
  const value = result.json;
  if (typeof value !== "number") return result;
  const low = own.minimum !== undefined && value < own.minimum;
  const high = own.maximum !== undefined && value > own.maximum;
  return low || high || (integer && !Number.isInteger(value)) ? misfit(json) : result;
}

export function coerceBoolean(json: JsonValue, _own: Shape, context: CoercionContext, path: Place | null): Coerced {
  return typeof json === "boolean" ? asIs(json) : fromText(json, booleanFrom, context, path);
}

export function coerceNull(json: JsonValue, _own: Shape, context: CoercionContext, path: Place | null): Coerced {
  return json === null ? asIs(json) : fromText(json, nullFrom, context, path);
}

const matchers = new Map<string, RegExp>();

/** JSON Schema has patterns with the flag `u`; many are written without it in mind, and then are none with it. */
function matcherOf(pattern: string): RegExp {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    matcher = patternOf(pattern);
    if (matchers.size < 1_000) matchers.set(pattern, matcher);
  }
  return matcher;
}
