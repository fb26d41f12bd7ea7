import type { JsonValue } from "@armature/contracts";

// The keywords that strict tools are known to take. References are not among them: those that lead back to themselves
// are refused. `pattern` is not either: lookarounds are refused, which schema libraries write for addresses.
const KNOWN = new Set([
  "$schema",
  "additionalProperties",
  "anyOf",
  "const",
  "description",
  "enum",
  "items",
  "properties",
  "required",
  "title",
  "type",
]);

/** Whether a JSON Schema keeps the rules of strict tools: every object closed, known keywords only. */
export function isStrictSchema(schema: JsonValue): boolean {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return false;
  if (Object.keys(schema).some((key) => !KNOWN.has(key))) return false;
  if (schema.type === "object" && schema.additionalProperties !== false) return false;
  const { properties, items, anyOf } = schema;
  const inner = [
    ...(typeof properties === "object" && properties !== null ? Object.values(properties) : []),
    ...(items === undefined ? [] : [items]),
    ...(Array.isArray(anyOf) ? anyOf : []),
  ];
  return inner.every(isStrictSchema);
}
