import type { JsonObject, JsonValue } from "@armature/contracts";

/** Keywords that are taken as they stand. */
const SHAPE = new Set(["$schema", "const", "description", "enum", "required", "title", "type"]);

/** Keywords with schemas inside. References are not among them: those that lead back to themselves are refused. */
const CONTAINERS = new Set(["additionalProperties", "anyOf", "items", "oneOf", "properties"]);

/** Keywords that only narrow a value. The API refuses most of them, and `pattern` where it looks around. */
const NARROWING = new Set([
  "default",
  "examples",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maxItems",
  "maxLength",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "multipleOf",
  "pattern",
  "uniqueItems",
]);

/** The API refuses a request with more, since each multiplies the grammar that it compiles. */
const MAX_OPTIONAL = 24;
const MAX_UNIONS = 16;

/**
 * A JSON Schema as strict tools take it: every object closed, and what narrows a value said in its description, where
 * the model reads it. Whatever satisfies the schema satisfies this form too, and what satisfies only this form is still
 * found by validation. `undefined` for a schema that cannot be put so.
 */
export function strictForm(schema: JsonObject): JsonObject | undefined {
  const counts = { optional: 0, unions: 0 };
  const form = strict(schema, counts);
  return counts.optional > MAX_OPTIONAL || counts.unions > MAX_UNIONS ? undefined : form;
}

interface Counts {
  optional: number;
  unions: number;
}

function strict(schema: JsonValue | undefined, counts: Counts): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const form: JsonObject = {};
  const narrowing: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (SHAPE.has(key)) form[key] = value;
    else if (NARROWING.has(key)) narrowing[key] = value;
    else if (!CONTAINERS.has(key)) return undefined;
  }
  if (Array.isArray(schema.type)) counts.unions++;
  const isSound = putObject(form, schema, counts) && putItems(form, schema, counts) && putOptions(form, schema, counts);
  return isSound ? withWords(form, narrowing) : undefined;
}

function putObject(form: JsonObject, schema: JsonObject, counts: Counts): boolean {
  if (schema.type !== "object" && schema.properties === undefined) return true;
  if (schema.additionalProperties !== false) return false;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  counts.optional += names.length - (Array.isArray(schema.required) ? schema.required.length : 0);
  const inner: JsonObject = {};
  for (const name of names) {
    const property = strict(properties[name], counts);
    if (!property) return false;
    inner[name] = property;
  }
  form.properties = inner;
  form.additionalProperties = false;
  return true;
}

function putItems(form: JsonObject, { items }: JsonObject, counts: Counts): boolean {
  if (items === undefined) return true;
  const inner = strict(items, counts);
  if (inner) form.items = inner;
  return inner !== undefined;
}

// Exactly one of several is at least one of them; validation tells the difference.
function putOptions(form: JsonObject, { anyOf, oneOf }: JsonObject, counts: Counts): boolean {
  const options = anyOf ?? oneOf;
  if (options === undefined) return true;
  if (!Array.isArray(options) || (anyOf !== undefined && oneOf !== undefined)) return false;
  counts.unions++;
  const inner: JsonObject[] = [];
  for (const option of options) {
    const one = strict(option, counts);
    if (!one) return false;
    inner.push(one);
  }
  form.anyOf = inner;
  return true;
}

function withWords(form: JsonObject, narrowing: JsonObject): JsonObject {
  const told = Object.entries(narrowing).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
  if (told.length === 0) return form;
  const words = JSON.stringify(Object.fromEntries(told));
  const { description } = form;
  return { ...form, description: typeof description === "string" ? `${description} ${words}` : words };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
