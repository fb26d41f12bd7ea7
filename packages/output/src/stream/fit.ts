import type { JsonPath, JsonValue } from "@armature/contracts";
import { coerce } from "../coerce/coerce.js";
import type { CoercionKind } from "../coerce/scalar.js";
import type { Shape } from "../coerce/shape.js";

const WITHOUT: ReadonlySet<CoercionKind> = new Set();

/** A value in the form that a shape gives it; undefined where it has none. `raw` is a number as the model wrote it. */
export function fitted(value: JsonValue, shape: Shape, root: Shape, raw?: string): JsonValue | undefined {
  if (isPlain(value, shape) || saysNothing(shape)) return value;
  const rawNumber = (written: JsonPath, number: number) => {
    return raw !== undefined && written.length === 0 ? raw : String(number);
  };
  const options = { root, without: WITHOUT, rawNumber };
  const { json, misfits } = coerce(value, shape, options);
  return misfits > 0 ? undefined : json;
}

function saysNothing(shape: Shape): boolean {
  for (const _ in shape) return false;
  return true;
}

/** The commonest: a number, boolean or enum member where just that is asked for. Others take the way of all coercion. */
function isPlain(value: JsonValue, shape: Shape): boolean {
  switch (typeof value) {
    case "number": {
      if (shape.type !== "number" && (shape.type !== "integer" || !Number.isInteger(value))) return false;
      const { minimum = value, maximum = value } = shape;
      return value >= minimum && value <= maximum && shape.enum === undefined && shape.const === undefined;
    }
    case "boolean":
      return shape.type === "boolean" && shape.enum === undefined && shape.const === undefined;
    case "string":
      return shape.type === "string" && shape.enum?.includes(value) === true;
    default:
      return false;
  }
}
