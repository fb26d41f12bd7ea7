import type { JsonPath } from "@armature/contracts";
import { resolve, type Shape, typesOf } from "./coerce/shape.js";

/** Deepest level of nesting that is spelled out. */
const DEEPEST = 6;

/** Most members of an enum and fields of an object that are spelled out: the model has been told them all before. */
const MOST = 50;

function firstOf(parts: readonly string[], separator: string): string {
  if (parts.length <= MOST) return parts.join(separator);
  return [...parts.slice(0, MOST), `… ${parts.length - MOST} more`].join(separator);
}

/**
 * A shape in a few words that a model reads as JSON with types for values: `{"id": integer, "tags"?: string[]}`. It
 * takes a fraction of the tokens of the JSON Schema.
 */
export function shapeText(shape: Shape, root: Shape, above: readonly Shape[] = []): string {
  const own = resolve(shape, root);
  if (own.const !== undefined) return JSON.stringify(own.const);
  if (own.enum !== undefined) {
    return firstOf(
      own.enum.map((value) => JSON.stringify(value)),
      " | ",
    );
  }
  const members = own.anyOf ?? own.oneOf;
  if (members !== undefined) return alternatives(members, root, above);
  if (own.allOf !== undefined) return own.allOf.map((part) => shapeText(part, root, above)).join(" & ");
  const types = typesOf(own) ?? [];
  if (types.length > 1)
    return alternatives(
      types.map((type) => ({ ...own, type })),
      root,
      above,
    );
  switch (types[0]) {
    case "object":
      return objectText(own, root, above);
    case "array":
      return arrayText(own, root, above);
    case "string":
      return textText(own);
    case "integer":
    case "number":
      return numberText(own, types[0]);
    default:
      return types[0] ?? "anything";
  }
}

function alternatives(members: readonly Shape[], root: Shape, above: readonly Shape[]): string {
  return [...new Set(members.map((member) => shapeText(member, root, above)))].join(" | ");
}

function objectText(own: Shape, root: Shape, above: readonly Shape[]): string {
  if (above.length >= DEEPEST || above.includes(own)) return "{…}";
  const required = new Set(own.required);
  const fields = Object.entries(own.properties ?? {}).map(([name, field]) => {
    return `${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${shapeText(field, root, [...above, own])}`;
  });
  if (typeof own.additionalProperties === "object" && Object.keys(own.additionalProperties).length > 0) {
    const key = own.propertyNames === undefined ? "string" : shapeText(own.propertyNames, root, [...above, own]);
    fields.push(`[${key}]: ${shapeText(own.additionalProperties, root, [...above, own])}`);
  }
  return fields.length === 0 ? "object" : `{${firstOf(fields, ", ")}}`;
}

function arrayText(own: Shape, root: Shape, above: readonly Shape[]): string {
  if (above.length >= DEEPEST) return "[…]";
  const item = typeof own.items === "object" ? shapeText(own.items, root, [...above, own]) : undefined;
  if (own.prefixItems !== undefined) {
    const first = own.prefixItems.map((shape) => shapeText(shape, root, [...above, own]));
    return `[${[...first, ...(item === undefined ? [] : [`...${many(item)}`])].join(", ")}]`;
  }
  return `${many(item ?? "anything")}${range(own.minItems, own.maxItems, " of ", " items")}`;
}

function many(item: string): string {
  return item.includes(" ") && !/^[[{][^|]*[\]}]$/.test(item) ? `(${item})[]` : `${item}[]`;
}

function textText(own: Shape): string {
  const size = range(own.minLength, own.maxLength, " of ", " characters");
  if (own.format !== undefined) return `string (${own.format})${size}`;
  return own.pattern === undefined ? `string${size}` : `string like /${own.pattern}/${size}`;
}

/** zod bounds every integer by what a double keeps, which says nothing to a model. */
function numberText(own: Shape, type: string): string {
  const told = (bound: number | undefined) => (Math.abs(bound ?? 0) === Number.MAX_SAFE_INTEGER ? undefined : bound);
  const above = own.exclusiveMinimum === undefined ? "" : ` > ${own.exclusiveMinimum}`;
  const below = own.exclusiveMaximum === undefined ? "" : ` < ${own.exclusiveMaximum}`;
  return `${type}${range(told(own.minimum), told(own.maximum), " ", "")}${above}${below}`;
}

function range(least: number | undefined, most: number | undefined, before: string, after: string): string {
  if (least === undefined && most === undefined) return "";
  if (least === most) return `${before}${least}${after}`;
  if (most === undefined) return `${before}${least} or more${after}`;
  return least === undefined ? `${before}at most ${most}${after}` : `${before}${least} to ${most}${after}`;
}

/** The shape of a part; undefined where the shape does not say, as under a union of objects that both have it. */
export function shapeAt(root: Shape, path: JsonPath): Shape | undefined {
  let shape: Shape | undefined = root;
  for (const key of path) shape = shape === undefined ? undefined : partOf(resolve(shape, root), key, root);
  return shape;
}

function partOf(own: Shape, key: string | number, root: Shape): Shape | undefined {
  const members = own.anyOf ?? own.oneOf ?? own.allOf;
  if (members !== undefined) {
    const parts = members
      .map((member) => partOf(resolve(member, root), key, root))
      .filter((part) => part !== undefined);
    return parts.length < 2 ? parts[0] : { anyOf: parts };
  }
  if (typeof key === "number") {
    const item = own.prefixItems?.[key] ?? own.items;
    return typeof item === "object" ? item : undefined;
  }
  if (own.properties !== undefined && Object.hasOwn(own.properties, key)) return own.properties[key];
  return typeof own.additionalProperties === "object" ? own.additionalProperties : undefined;
}
