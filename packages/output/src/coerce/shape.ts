import type { JsonObject, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { jsonSchemaOf } from "../ask.js";

/** One JSON Schema, as far as coercion reads it. */
export interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Shape;
  readonly propertyNames?: Shape;
  readonly items?: boolean | Shape;
  readonly prefixItems?: readonly Shape[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  /** The schema drops keys that it does not name. */
  readonly dropsKeys?: boolean;
  /** Null is allowed, too, in the words of OpenAPI. */
  readonly nullable?: boolean;
  /** It is a text in JSON, and the schema wants a `Date`. */
  readonly dateObject?: boolean;
  /**
   * Other names of a property, or of the members of an enum, from the schema's metadata:
   * `z.string().meta({ aliases: ["mail"] })`, `z.enum(["DE"]).meta({ aliases: { DE: ["Germany"] } })`.
   */
  readonly aliases?: readonly string[] | Readonly<Record<string, string | readonly string[]>>;
  /** The same in JSON Schemas that keep to the rule for keywords of one's own. */
  readonly "x-alias"?: string | readonly string[];
  readonly "x-aliases"?: Readonly<Record<string, string | readonly string[]>>;
}

const shapes = new WeakMap<z.ZodType, Shape>();

/** The shape with which a model is asked for `schema`, made once. */
export function shapeOf(schema: z.ZodType): Shape {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = jsonSchemaOf(schema, ({ _zod: { def } }, json) => {
      // A coercing one takes texts by itself; these are nevertheless read first, as its library takes any text.
      if (def.type === "date") json.dateObject = true;
      if (def.type === "object" && def.catchall === undefined) json.dropsKeys = true;
    }) as Shape;
    shapes.set(schema, shape);
  }
  return shape;
}

/** Follows references inside `root`; one that leads nowhere, or in a circle, allows everything. */
export function resolve(shape: Shape, root: Shape): Shape {
  let current = shape;
  for (let hops = 0; current.$ref !== undefined; hops += 1) {
    if (hops > 32) return {};
    current = follow(current.$ref, root);
  }
  return current;
}

function follow(ref: string, root: Shape): Shape {
  let node: JsonValue | undefined = root as unknown as JsonObject;
  for (const part of ref.replace(/^#\/?/, "").split("/")) {
    if (part === "") continue;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof node !== "object" || node === null || Array.isArray(node) || !Object.hasOwn(node, key)) return {};
    node = node[key];
  }
  return (node ?? {}) as Shape;
}

/** The JSON types that a shape allows by itself; undefined where it does not say. */
export function typesOf(shape: Shape): readonly string[] | undefined {
  if (typeof shape.type === "string") return [shape.type];
  return shape.type;
}

/** Whether a shape lets a kind of JSON through at its top. */
export function admits(shape: Shape, type: string, root: Shape, depth = 0): boolean {
  const own = resolve(shape, root);
  if (own.nullable === true && type === "null") return true;
  const members = own.anyOf ?? own.oneOf;
  if (members !== undefined) return depth < 8 && members.some((member) => admits(member, type, root, depth + 1));
  if (own.allOf !== undefined && own.type === undefined) {
    return depth < 8 && own.allOf.every((member) => admits(member, type, root, depth + 1));
  }
  if (own.const !== undefined) return typeOf(own.const) === type;
  if (own.enum !== undefined) return own.enum.some((value) => typeOf(value) === type);
  const types = typesOf(own);
  return types === undefined || types.includes(type) || (type === "number" && types.includes("integer"));
}

/** The other names of a property. */
export function namesOf(property: Shape): readonly string[] {
  const { aliases, "x-alias": own = [] } = property;
  return [...(Array.isArray(aliases) ? aliases : []), ...[own].flat()];
}

/** The other names of the members of an enum, by member. */
export function memberNamesOf(shape: Shape): readonly (readonly [member: string, names: readonly string[]])[] {
  const { aliases = {}, "x-aliases": own = {} } = shape;
  const named = Array.isArray(aliases) ? own : { ...own, ...aliases };
  return Object.entries(named).map(([member, names]) => [member, [names].flat()] as const);
}

export function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
