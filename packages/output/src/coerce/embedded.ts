import type { JsonValue } from "@armature/contracts";
import { skipSpace } from "../scan/blank.js";
import { changesOf, partsOf } from "../scan/dialect.js";
import { locate } from "../scan/node.js";
import { readJson } from "../scan/reader.js";
import { once } from "../scan/reading.js";
import { parseStrict } from "../scan/strict.js";
import { type Coerced, type CoercionContext, chain, change, type Place, writtenPathOf } from "./coerced.js";
import { type Shape, typeOf } from "./shape.js";

/** JSON in a text, where an object or array is asked for and the text is nothing else. */
export function fromEmbedded(
  json: JsonValue,
  own: Shape,
  context: CoercionContext,
  path: Place | null,
): Coerced | undefined {
  if (typeof json !== "string" || context.without.has("embedded_json")) return undefined;
  const inner = embeddedJson(json);
  if (inner === undefined || typeOf(inner) !== own.type) return undefined;
  const node = once(() => partsOf(readJson(json, skipSpace(json, 0))));
  const rawNumber = (place: Place | null, value: number) => {
    const below = writtenPathOf(place).slice(writtenPathOf(path).length);
    const { start, end } = locate(node(), below);
    const raw = json.slice(start, end);
    return Number(raw) === value ? raw : String(value);
  };
  const coerced = context.coerce(inner, own, { ...context, rawNumber }, path);
  return coerced.misfits > 0 ? undefined : chain(change("embedded_json", json, inner, context, path), coerced);
}

/** The object or array that a text consists of, and of nothing else; undefined where it needs a guess. */
function embeddedJson(text: string): JsonValue | undefined {
  const start = skipSpace(text, 0);
  if (text[start] !== "{" && text[start] !== "[") return undefined;
  const strict = parseStrict(text);
  if (strict !== undefined) return strict.json;
  const reading = readJson(text, start);
  const isSure = reading.issues.length === 0 && !changesOf(reading).some((change) => change.kind === "bare_string");
  const isWhole = skipSpace(text, reading.node.end) === text.length;
  return reading.status === "closed" && isSure && isWhole ? reading.node.value : undefined;
}
