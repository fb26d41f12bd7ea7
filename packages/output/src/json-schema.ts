import { ArmatureError, type JsonObject, type JsonValue } from "@armature/contracts";
import { z } from "zod";

/** What a JSON Schema came to. */
interface FromJsonSchema {
  /** The schema with all said that it left to be understood. */
  readonly plain: JsonObject;
  readonly zod: z.ZodType;
}

/**
 * The validator that a JSON Schema describes. What zod would let pass is said more plainly first: a required key that
 * no property describes, and an object or list whose type is left to be understood.
 *
 * @throws ArmatureError `CONFIG_INVALID` where zod does not know a keyword (`not`, `if` ...) or a reference leads nowhere
 */
export function fromJsonSchema(schema: JsonObject): FromJsonSchema {
  try {
    const plain = explicit(schema, new Map()) as JsonObject;
    const defaultTarget = "definitions" in schema ? "draft-7" : "draft-2020-12";
    return { plain, zod: z.fromJSONSchema(plain as Parameters<typeof z.fromJSONSchema>[0], { defaultTarget }) };
  } catch (cause) {
    const message = `The JSON Schema cannot be understood: ${(cause as Error).message}`;
    throw new ArmatureError("CONFIG_INVALID", message, { cause });
  }
}

/** Keywords whose value is a schema, a list of schemas, and schemas by name. */
const ONE = ["items", "additionalProperties", "propertyNames", "contains", "not"];
const LIST = ["anyOf", "oneOf", "allOf", "prefixItems", "items"];
const NAMED = ["properties", "patternProperties", "$defs", "definitions"];

function explicit(schema: JsonValue, known: Map<JsonValue, JsonObject>): JsonValue {
  if (!isObject(schema)) return schema;
  const before = known.get(schema);
  if (before !== undefined) return before;
  const own: Record<string, JsonValue> = { ...schema };
  known.set(schema, own);
  for (const key of ONE) if (isObject(own[key])) own[key] = explicit(own[key], known);
  for (const key of LIST) {
    const list = own[key];
    if (Array.isArray(list)) own[key] = list.map((one) => explicit(one, known));
  }
  for (const key of NAMED) {
    const named = own[key];
    if (isObject(named)) own[key] = mapValues(named, (one) => explicit(one, known));
  }
  if (own.type === undefined && (isObject(own.properties) || Array.isArray(own.required))) own.type = "object";
  if (own.type === undefined && (own.items !== undefined || own.prefixItems !== undefined)) own.type = "array";
  if (own.nullable === true) {
    if (typeof own.type === "string") own.type = [own.type, "null"];
    if (Array.isArray(own.enum) && !own.enum.includes(null)) own.enum = [...own.enum, null];
  }
  if (own.type === "object" && Array.isArray(own.required)) {
    const properties = isObject(own.properties) ? own.properties : {};
    const rest = isObject(own.additionalProperties) ? own.additionalProperties : {};
    const strange = own.required.filter((key) => typeof key === "string" && !Object.hasOwn(properties, key));
    if (strange.length > 0) {
      own.properties = { ...properties, ...Object.fromEntries(strange.map((key) => [key, rest])) };
    }
  }
  return own;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(object: JsonObject, make: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, make(value)]));
}
