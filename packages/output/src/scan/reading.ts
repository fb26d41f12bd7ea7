import type { Issue, JsonValue } from "@armature/contracts";
import { isAhead } from "./closing.js";

/** Nothing, for all who have nothing. */
export const NONE: readonly never[] = [];

const MORE_MEMBERS = /\s{0,50},\s{0,50}["']/y;

/** An issue where members follow the bracket that seemed to be the last. */
export function membersBehind(text: string, end: number): Issue[] {
  if (!isAhead(MORE_MEMBERS, 102, text, end)) return [];
  const message = "more members follow the closing bracket";
  return [{ kind: "brackets", path: [], message, span: { start: end, end: end + 1 } }];
}

/** Whether an object or array holds nothing. */
export function isEmpty(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

/** Makes a thing when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
