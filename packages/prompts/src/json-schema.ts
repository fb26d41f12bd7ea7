/** A JSON Schema as far as names matter: what may stand at a path. */
export type JsonSchema = { readonly [keyword: string]: unknown } | boolean;

/**
 * The schemas that a field of `schema` may have: none when no value that satisfies it can have the field, `[true]`
 * where anything may stand. References are followed inside `root`.
 */
export function fieldSchemas(schema: JsonSchema, field: string, root: JsonSchema): JsonSchema[] {
  return branches(schema, root).flatMap((branch): JsonSchema[] => {
    if (typeof branch === "boolean") return branch ? [true] : [];
    const properties = branch.properties as Record<string, JsonSchema> | undefined;
    if (properties && Object.hasOwn(properties, field)) return [properties[field]!];
    if (!allowsType(branch, "object")) return [];
    const additional = branch.additionalProperties as JsonSchema | undefined;
    if (additional !== undefined) return additional === false ? [] : [additional];
    // A schema that lists its fields means them: a name beside them is a slip of the pen.
    return properties ? [] : [true];
  });
}

/** What a section over such a value puts in front: the items of a list, or the value itself. */
export function sectionSchemas(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  return branches(schema, root).flatMap((branch): JsonSchema[] => {
    if (typeof branch === "boolean" || !isList(branch)) return [branch];
    const fixed = (branch.prefixItems as JsonSchema[] | undefined) ?? [];
    const items = branch.items as JsonSchema | undefined;
    return [...fixed, ...(items === undefined ? (fixed.length > 0 ? [] : [true]) : [items])];
  });
}

/** The alternatives and parts of a schema, references followed. A recursive schema is entered once. */
function branches(schema: JsonSchema, root: JsonSchema, seen = new Set<JsonSchema>()): JsonSchema[] {
  if (typeof schema === "boolean") return [schema];
  if (seen.has(schema)) return [];
  seen.add(schema);
  const parts: JsonSchema[] = [];
  if (typeof schema.$ref === "string") parts.push(follow(schema.$ref, root));
  for (const keyword of ["anyOf", "oneOf", "allOf"]) parts.push(...((schema[keyword] as JsonSchema[]) ?? []));
  const nested = parts.flatMap((part) => branches(part, root, seen));
  // A schema that only points elsewhere says nothing of its own.
  const speaks = parts.length === 0 || schema.type !== undefined || schema.properties !== undefined;
  return speaks ? [schema, ...nested] : nested;
}

function follow(reference: string, root: JsonSchema): JsonSchema {
  if (!reference.startsWith("#")) return true;
  let target: unknown = root;
  for (const part of reference.slice(1).split("/").filter(Boolean)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, key)) return true;
    target = (target as Record<string, unknown>)[key];
  }
  return target as JsonSchema;
}

function isList(schema: { readonly [keyword: string]: unknown }): boolean {
  return schema.items !== undefined || schema.prefixItems !== undefined || schema.type === "array";
}

function allowsType(schema: { readonly [keyword: string]: unknown }, type: string): boolean {
  if (schema.type === undefined) return schema.enum === undefined && schema.const === undefined;
  return Array.isArray(schema.type) ? schema.type.includes(type) : schema.type === type;
}
