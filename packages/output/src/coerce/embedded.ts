import type { JsonValue } from "@armature/contracts";
import { skipSpace } from "../scan/blank.js";
import { readJson } from "../scan/reader.js";
import { parseStrict } from "../scan/strict.js";

/** The object or array that a text consists of, and of nothing else; undefined where it needs a guess. */
export function embeddedJson(text: string): JsonValue | undefined {
  const start = skipSpace(text, 0);
  if (text[start] !== "{" && text[start] !== "[") return undefined;
  const strict = parseStrict(text);
  if (strict !== undefined) return strict.json;
  const reading = readJson(text, start);
  const isWhole = skipSpace(text, reading.node.end) === text.length;
  return reading.status === "closed" && reading.issues.length === 0 && isWhole ? reading.node.value : undefined;
}
