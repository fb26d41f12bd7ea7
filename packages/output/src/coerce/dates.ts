import type { JsonValue } from "@armature/contracts";
import type { CoercionChange } from "./coerced.js";

/** JSON as its schema takes it: where that asks for dates, a copy with dates. */
export function withDates(json: JsonValue, changes: readonly CoercionChange[]): unknown {
  if (changes.length === 0) return json;
  const dates = changes.filter(({ kind }) => kind === "date_from_text");
  if (dates.length === 0) return json;
  const root = { value: structuredClone(json) as unknown };
  for (const { path, after } of dates) {
    let parent = root as unknown as Record<string | number, unknown>;
    let key: string | number = "value";
    for (const next of path) {
      parent = parent[key] as Record<string | number, unknown>;
      key = next;
    }
    parent[key] = new Date(after as string);
  }
  return root.value;
}
