import type { JsonPath, JsonValue } from "@armature/contracts";
import { coerce } from "../coerce/coerce.js";
import type { CoercionKind } from "../coerce/scalar.js";
import type { Shape } from "../coerce/shape.js";

const WITHOUT: ReadonlySet<CoercionKind> = new Set();

/** A value in the form that a shape gives it; undefined where it has none. `raw` is a number as the model wrote it. */
export function fitted(value: JsonValue, shape: Shape, root: Shape, raw?: string): JsonValue | undefined {
  const rawNumber = (_: JsonPath, number: number) => raw ?? String(number);
  const options = { root, without: WITHOUT, rawNumber };
  const { json, misfits } = coerce(value, shape, options);
  return misfits > 0 ? undefined : json;
}
