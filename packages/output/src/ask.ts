import type { JsonObject } from "@armature/contracts";
import { z } from "zod";

/**
 * The JSON Schema (draft 2020-12) with which a model is asked for an output: the input side of the schema, because a
 * model writes what goes into transforms, not what comes out. Parts that JSON Schema cannot say (transforms) are left
 * open there; the schema itself still judges them. A date is asked for as its ISO text.
 */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  return jsonSchemaOf(schema, (_, json) => {
    // What only this package reads is not shown to a model.
    delete json.aliases;
  });
}

/** A schema in the words of a prompt, for models that can be asked for it in no other way. */
export function askInWords(jsonSchema: JsonObject): string {
  return `Answer with only JSON that satisfies this JSON Schema: ${JSON.stringify(jsonSchema)}`;
}

/** Rewrites the JSON Schema of one part in place. */
export type Override = (schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema) => void;

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
