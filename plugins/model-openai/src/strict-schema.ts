import type { JsonValue } from "@armature/contracts";

// The keywords that the strict mode of the response format is known to take. `pattern` is not among them: it takes
// patterns, but refuses lookarounds, which schema libraries write for addresses.
const KNOWN = new Set([
  "$schema",
  "$defs",
  "$ref",
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

/**
 * Whether a JSON Schema keeps the rules of OpenAI's strict mode: every object closed, every property required, known
 * keywords only. Strict mode answers a schema outside these rules with a 400, the plain mode takes it.
 */
export function isStrictSchema(schema: JsonValue): boolean {
  if (typeof schema === "boolean") return false;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return false;
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) return false;
  if (schema.type === "object" && !isClosed(schema)) return false;
  return children(schema).every(isStrictSchema);
}

function isClosed(schema: { [key: string]: JsonValue }): boolean {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return (
    schema.additionalProperties === false &&
    Object.keys(objectOf(schema.properties)).every((key) => required.includes(key))
  );
}

function children(schema: { [key: string]: JsonValue }): JsonValue[] {
  const found = [...Object.values(objectOf(schema.properties)), ...Object.values(objectOf(schema.$defs))];
  if (schema.items !== undefined) found.push(schema.items);
  if (Array.isArray(schema.anyOf)) found.push(...schema.anyOf);
  return found;
}

function objectOf(value: JsonValue | undefined): { [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
