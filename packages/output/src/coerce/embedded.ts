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
  const isSure = reading.issues.length === 0 && !reading.changes.some((change) => change.kind === "bare_string");
  const isWhole = skipSpace(text, reading.node.end) === text.length;
  return reading.status === "closed" && isSure && isWhole ? reading.node.value : undefined;
}
