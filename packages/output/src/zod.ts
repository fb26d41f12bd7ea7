import type { z } from "zod";

/** Whether a value is a schema of zod 4, of whatever installed copy. */
export function isZod(schema: unknown): schema is z.ZodType {
  return typeof schema === "object" && schema !== null && "_zod" in schema;
}
