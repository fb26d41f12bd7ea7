import { ArmatureError, type JsonObject } from "@armature/contracts";
import { z } from "zod";
import { fromJsonSchema } from "./json-schema.js";
import { isZod } from "./zod.js";

/**
 * The JSON Schema (draft 2020-12) with which a model is asked for an output: the input side of the schema, because a
 * model writes what goes into transforms, not what comes out. Parts that JSON Schema cannot say (transforms) are left
 * open there; the schema itself still judges them. A date is asked for as its ISO text.
 *
 * A JSON Schema of a tool's arguments is left as it is, but that they are an object is said: providers want it so.
 *
 * @throws ArmatureError `CONFIG_INVALID` where the schema is none, or no answer could be held against it
 */
export function toJsonSchema(schema: z.ZodType | JsonObject): JsonObject {
  if (!isZod(schema)) return ofArguments(schema);
  return jsonSchemaOf(schema, (_, json) => {
    // What only this package reads is not shown to a model.
    delete json.aliases;
  });
}

/** Keywords of which one says what the arguments are. */
const SAID = ["type", "$ref", "anyOf", "oneOf", "allOf"];

function ofArguments(schema: JsonObject): JsonObject {
  if (!isPlainObject(schema)) {
    throw new ArmatureError("CONFIG_INVALID", "It is neither a schema of zod 4 nor a JSON Schema.");
  }
  fromJsonSchema(schema);
  const { $schema: _, ...shape } = schema;
  return SAID.some((key) => key in shape) ? shape : { type: "object", ...shape };
}

// Schemas of other libraries, and of other versions of zod, are instances of classes.
function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A schema in the words of a prompt, for models that can be asked for it in no other way. */
export function askInWords(jsonSchema: JsonObject): string {
  return `Answer with only JSON that satisfies this JSON Schema: ${JSON.stringify(jsonSchema)}`;
}

/** Rewrites the JSON Schema of one part in place. */
type Override = (schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema) => void;

export function jsonSchemaOf(schema: z.ZodType, override: Override): JsonObject {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === "date") {
        jsonSchema.type = "string";
        jsonSchema.format = "date-time";
      }
      override(zodSchema, jsonSchema);
    },
  });
  return shape as JsonObject;
}
