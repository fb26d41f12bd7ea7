import { canonicalJson } from "./canonical-json.js";

/**
 * JSON as sorted lines, one a leaf: `properties.category.enum ["billing","bug"]`. A list of nothing but scalars is a
 * leaf. Made to be compared line by line and read by people; it is not read back.
 */
export function jsonLines(value: unknown, path = ""): string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value);
  const isLeaf = typeof value !== "object" || value === null || (isList && value.every((part) => !isObject(part)));
  if (isLeaf || Object.keys(value).length === 0)
    return [path === "" ? canonicalJson(value) : `${path} ${canonicalJson(value)}`];
  const keys = isList ? Object.keys(value) : Object.keys(value).sort();
  return keys.flatMap((key) =>
    jsonLines((value as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
