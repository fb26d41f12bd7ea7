import type { JsonObject } from "@armature/contracts";
import { z } from "zod";

/**
 * The JSON Schema (draft 2020-12) with which a model is asked for an output: the input side of the schema, because a
 * model writes what goes into transforms, not what comes out. Parts that JSON Schema cannot say (dates, transforms)
 * are left open there; the schema itself still judges them.
 */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type !== "date") return;
      jsonSchema.type = "string";
      jsonSchema.format = "date-time";
    },
  });
  return shape as JsonObject;
}
