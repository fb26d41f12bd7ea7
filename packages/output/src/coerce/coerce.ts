import type { JsonPath, JsonValue } from "@armature/contracts";
import { coerceArray } from "./array.js";
import { asIs, type Coerced, type CoercionContext, chain, type Place, writtenPathOf } from "./coerced.js";
import { coerceObject } from "./object.js";
import { coerceBoolean, coerceMember, coerceNull, coerceNumber, coerceText } from "./primitive.js";
import type { CoercionKind } from "./scalar.js";
import { resolve, type Shape, typesOf } from "./shape.js";
import { coerceUnion } from "./union.js";

interface CoercionOptions {
  /** In which references are followed. */
  readonly root: Shape;
  readonly without: ReadonlySet<CoercionKind>;
  /** The number at a path of the text as the model wrote it. */
  readonly rawNumber: (written: JsonPath, value: number) => string;
}

/** Brings a JSON value nearer to a shape, where the shape leaves one way only. Depth is bounded by the reader's. */
export function coerce(json: JsonValue, shape: Shape, options: CoercionOptions): Coerced {
  const { root, without } = options;
  const rawNumber = (place: Place | null, value: number) => options.rawNumber(writtenPathOf(place), value);
  return coerceAt(json, shape, { root, without, rawNumber, coerce: coerceAt, known: new Map() }, null);
}

const BY_TYPE: Readonly<Record<string, typeof coerceText>> = {
  object: coerceObject,
  array: coerceArray,
  string: coerceText,
  integer: coerceNumber,
  number: coerceNumber,
  boolean: coerceBoolean,
  null: coerceNull,
};

function coerceAt(json: JsonValue, shape: Shape, context: CoercionContext, path: Place | null): Coerced {
  const own = resolve(shape, context.root);
  if (json === null && own.nullable === true) return asIs(json);
  const members = own.anyOf ?? own.oneOf;
  if (members !== undefined) {
    const beside = besideUnion(own);
    if (beside === undefined) return coerceUnion(json, members, context, path);
    const first = coerceAt(json, beside, context, path);
    return chain(first, coerceUnion(first.json, members, context, path));
  }
  if (own.allOf !== undefined) {
    const { allOf, ...rest } = own;
    return [rest, ...allOf].reduce(
      (result, part) => chain(result, coerceAt(result.json, part, context, path)),
      asIs(json),
    );
  }
  const types = typesOf(own);
  if (types !== undefined && types.length > 1) {
    return coerceUnion(json, splitTypes(own, types), context, path);
  }
  if (own.const !== undefined || own.enum !== undefined) return coerceMember(json, own, context, path);
  const one = types?.[0];
  return one !== undefined && Object.hasOwn(BY_TYPE, one) ? BY_TYPE[one]!(json, own, context, path) : asIs(json);
}

const besides = new WeakMap<Shape, Shape>();

/** What a shape asks for beside its union, as `properties` beside an `anyOf` of what is required. */
function besideUnion(own: Shape): Shape | undefined {
  if (ASKING.every((keyword) => own[keyword] === undefined)) return undefined;
  let beside = besides.get(own);
  if (beside === undefined) {
    const { anyOf: _, oneOf: __, ...rest } = own;
    beside = rest;
    besides.set(own, beside);
  }
  return beside;
}

const ASKING = ["type", "properties", "items", "prefixItems", "enum", "const", "allOf"] as const;

const split = new WeakMap<Shape, readonly Shape[]>();

/** A shape of several types as one shape a type, the same ones each time. */
function splitTypes(own: Shape, types: readonly string[]): readonly Shape[] {
  const known = split.get(own);
  if (known !== undefined) return known;
  const members = types.map((type) => ({ ...own, type }));
  split.set(own, members);
  return members;
}
