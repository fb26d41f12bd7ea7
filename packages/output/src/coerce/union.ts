import type { JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { type Coerced, type CoercionContext, type Place, pathOf } from "./coerced.js";
import type { Shape } from "./shape.js";

/** The member that fits: the first that needs no change and keeps every key, or the value on which all that fit agree. */
export function coerceUnion(
  json: JsonValue,
  members: readonly Shape[],
  context: CoercionContext,
  path: Place | null,
): Coerced {
  // A scalar is judged faster than looked up; an object or array stands in one place of the JSON only.
  if (typeof json !== "object" || json === null) return settle(json, members, context, path);
  const known = context.known.get(json) ?? new Map<readonly Shape[], Coerced>();
  context.known.set(json, known);
  const result = known.get(members) ?? settle(json, members, context, path);
  known.set(members, result);
  return result;
}

function settle(json: JsonValue, members: readonly Shape[], context: CoercionContext, path: Place | null): Coerced {
  const results = members.map((member) => context.coerce(json, member, context, path));
  const fitting = results.filter((result) => result.misfits === 0);
  const unchanged = fitting.filter((result) => result.changes.length === 0);
  if (unchanged.length > 0) return settleUnchanged(json, unchanged, path);
  const [first, ...others] = fitting;
  if (first === undefined) {
    const ambiguous = results.flatMap((result) => result.ambiguous);
    return { json, changes: [], misfits: Math.min(...results.map((result) => result.misfits)), ambiguous };
  }
  if (others.every((other) => jsonEqual(other.json, first.json))) return first;
  return { json, changes: [], misfits: 1, ambiguous: [pathOf(path)] };
}

/**
 * A schema takes the first member that fits, and that one may drop keys: then another one that fits must not keep them,
 * or say otherwise which.
 */
function settleUnchanged(json: JsonValue, fitting: readonly Coerced[], path: Place | null): Coerced {
  const [first, ...others] = fitting as [Coerced, ...Coerced[]];
  if (first.kept === undefined) return first;
  const areEqual = others.every(({ kept = json }) => jsonEqual(kept, first.kept!));
  return areEqual ? first : { json, changes: [], misfits: 1, ambiguous: [pathOf(path)] };
}
