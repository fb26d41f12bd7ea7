import { ArmatureError } from "@armature/contracts";
import { z } from "zod";

/** A part of a value and the schema that it is held against. */
export interface SourcePlace {
  readonly schema: z.core.$ZodType;
  readonly given: unknown;
  readonly path: readonly (string | number)[];
  /** What arrives here cannot be told before it has been waited for. */
  readonly isUnknown?: true;
}

/** Whether a schema is one that is looked for. */
type IsMarked = (schema: z.core.$ZodType) => boolean;

/** The places one level below, on the way that zod took with the value; one that zod cannot have taken is left out. */
export function placesBelow({ schema, given, path }: SourcePlace, isMarked: IsMarked): SourcePlace[] {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  const same = (inner: z.core.$ZodType): SourcePlace[] => [{ schema: inner, given, path }];
  const wrapped = wrappedIn(schema);
  if (wrapped !== undefined) return same(wrapped);
  const at = (inner: z.core.$ZodType, key: string | number, value: unknown): SourcePlace => {
    return { schema: inner, given: value, path: [...path, key] };
  };
  switch (def.type) {
    case "catch":
      // What the schema puts in place of a value that does not fit was not invented by the model.
      return fits(def.innerType, given) === false ? [] : same(def.innerType);
    case "pipe":
      return [...same(def.in), ...behind(def, { schema, given, path }, isMarked)];
    case "intersection":
      return [...same(def.left), ...same(def.right)];
    case "union":
      return membersTaken(def.options, given, isMarked).flatMap(same);
    case "object":
      return entries(given).flatMap(([key, value]) => {
        const field = Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall;
        return field === undefined ? [] : [at(field, key, value)];
      });
    case "record":
      return entries(given).flatMap(([key, value]) => [at(def.keyType, key, key), at(def.valueType, key, value)]);
    case "map":
      return given instanceof Map
        ? [...given].flatMap(([key, value]) => [
            at(def.keyType, String(key), key),
            at(def.valueType, String(key), value),
          ])
        : [];
    case "set":
      return given instanceof Set ? [...given].map((value, index) => at(def.valueType, index, value)) : [];
    case "array":
      return items(given).map((value, index) => at(def.element, index, value));
    case "tuple":
      return items(given).flatMap((value, index) => {
        const item = def.items[index] ?? def.rest;
        return item ? [at(item, index, value)] : [];
      });
    default:
      return [];
  }
}

/** The schema inside of one that hands it each value as it is. */
function wrappedIn(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "success":
      return def.innerType;
    case "lazy":
      return (schema as z.core.$ZodLazy)._zod.innerType;
    default:
      return undefined;
  }
}

/** What the second schema of a pipe gets is what the first one makes of the value, transforms and preprocessing included. */
function behind(def: z.core.$ZodPipeDef, place: SourcePlace, isMarked: IsMarked): SourcePlace[] {
  if (!holds(def.out, isMarked)) return [];
  const made = attempt(def.in, place.given);
  if (made === undefined) return [{ ...place, schema: def.out, isUnknown: true }];
  return made.success ? [{ ...place, schema: def.out, given: made.data }] : [];
}

/**
 * The member of a union that zod took: the first one that fits. Where that cannot be told, because members have to be
 * waited for, each that may be it; where none fits, all of them.
 */
function membersTaken(
  members: readonly z.core.$ZodType[],
  given: unknown,
  isMarked: IsMarked,
): readonly z.core.$ZodType[] {
  if (!members.some((member) => holds(member, isMarked))) return [];
  const taken: z.core.$ZodType[] = [];
  for (const member of members) {
    const does = fits(member, given);
    if (does !== false) taken.push(member);
    if (does === true) break;
  }
  return taken.length === 0 ? members : taken;
}

/** Undefined where it has to be waited for. */
function fits(schema: z.core.$ZodType, given: unknown): boolean | undefined {
  return attempt(schema, given)?.success;
}

function attempt(schema: z.core.$ZodType, given: unknown): z.core.util.SafeParseResult<unknown> | undefined {
  try {
    return z.core.safeParse(schema, given);
  } catch {
    return undefined;
  }
}

const held = new WeakMap<IsMarked, WeakMap<z.core.$ZodType, boolean>>();

/**
 * Whether a marked schema stands at or below `schema`.
 *
 * @throws ArmatureError `CONFIG_INVALID` where one stands where no value can be followed to it
 */
export function holds(schema: z.core.$ZodType, isMarked: IsMarked): boolean {
  const known = held.get(isMarked) ?? new WeakMap<z.core.$ZodType, boolean>();
  held.set(isMarked, known);
  let found = known.get(schema);
  if (found === undefined) {
    found = search(schema, isMarked);
    known.set(schema, found);
  }
  return found;
}

function search(root: z.core.$ZodType, isMarked: IsMarked): boolean {
  const met = new Set([root]);
  let found = false;
  // Visits what is added while it goes on.
  for (const schema of met) {
    if (isMarked(schema)) found = true;
    for (const part of partsOf(schema)) met.add(part);
    if (hiddenParts(schema).some((part) => holds(part, isMarked))) {
      const type = schema._zod.def.type === "pipe" ? "codec" : schema._zod.def.type.replace("_", " ");
      const message = `A sourced schema stands inside of a ${type}, where its value cannot be followed. Put sourced() around the ${type} instead.`;
      throw new ArmatureError("CONFIG_INVALID", message);
    }
  }
  return found;
}

/** The schemas that {@link placesBelow} may lead to. */
function partsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  const wrapped = wrappedIn(schema);
  if (wrapped !== undefined) return [wrapped];
  switch (def.type) {
    case "catch":
      return [def.innerType];
    case "pipe":
      return isCodec(def) ? [def.in] : [def.in, def.out];
    case "intersection":
      return [def.left, def.right];
    case "union":
      return def.options;
    case "object":
      return [...Object.values(def.shape), ...(def.catchall === undefined ? [] : [def.catchall])];
    case "record":
    case "map":
      return [def.keyType, def.valueType];
    case "set":
      return [def.valueType];
    case "array":
      return [def.element];
    case "tuple":
      return [...def.items, ...(def.rest ? [def.rest] : [])];
    default:
      return [];
  }
}

/** Schemas inside of one that no value of it leads to. */
function hiddenParts(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  switch (def.type) {
    case "pipe":
      return isCodec(def) ? [def.out] : [];
    case "promise":
      return [def.innerType];
    case "template_literal":
      return def.parts.filter((part) => typeof part === "object" && part !== null);
    default:
      return [];
  }
}

/** A codec has a transform of its own between its two schemas. */
function isCodec(def: z.core.$ZodPipeDef): boolean {
  return def.transform !== undefined;
}

function entries(given: unknown): [string, unknown][] {
  return typeof given === "object" && given !== null && !Array.isArray(given) ? Object.entries(given) : [];
}

function items(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [];
}
