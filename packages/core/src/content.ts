import type { JsonValue } from "@armature/contracts";

/** How a value stands in a message: a text as it is, everything else as JSON. */
export function contentOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
