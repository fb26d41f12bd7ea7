import type { JsonValue } from "@armature/contracts";
import { numberLoss } from "./bare.js";
import { countKeys, outline } from "./plain.js";
import { steps } from "./steps.js";

/**
 * `JSON.parse`, where it loses nothing: undefined when the text is not JSON, nests too deep, or holds a number, a
 * duplicate key or a `__proto__` that needs a closer look.
 */
export function parseStrict(text: string): { readonly json: JsonValue } | undefined {
  const start = skipJsonSpace(text, 0);
  const code = text.charCodeAt(start);
  if (code === 123 || code === 91) {
    const found = outline(text, start);
    if (found.status !== "plain" || skipJsonSpace(text, found.end) < text.length) return undefined;
    const parsed = parsePlain(text, found.keys);
    return parsed.loss === undefined ? parsed : undefined;
  }
  // Only what can begin a JSON value is worth the cost of an error.
  if (code !== 34 && code !== 45 && code !== 102 && code !== 110 && code !== 116 && !(code > 47 && code < 58)) {
    return undefined;
  }
  steps.count += text.length;
  try {
    const json = JSON.parse(text) as JsonValue;
    return typeof json === "number" && numberLoss(text.trim()) !== undefined ? undefined : { json };
  } catch {
    return undefined;
  }
}

const ESCAPED = /^\s{0,50}[[{](?:[\s[{]|\\[nt]){0,50}\\"/;

/** What a text says that was escaped as in a JSON string, all of it, and stands there without that string's quotes. */
export function parseEscaped(text: string): string | undefined {
  if (!ESCAPED.test(text)) return undefined;
  steps.count += text.length;
  const controls = text.replace(/[\n\r\t]/g, (control) => JSON.stringify(control).slice(1, -1));
  const parsed = parseStrict(`"${controls}"`);
  return typeof parsed?.json === "string" ? parsed.json : undefined;
}

/** The value of plain JSON, or why `JSON.parse` does not give it: it throws, or a key of the text has no place in it. */
type Parsed = { readonly json: JsonValue; readonly loss?: undefined } | { readonly loss: "syntax" | "key" };

/** The value of a text that has the outline of JSON and wrote so many keys. */
export function parsePlain(text: string, keys: number): Parsed {
  steps.count += text.length;
  try {
    const json = JSON.parse(text) as JsonValue;
    return countKeys(json) === keys ? { json } : { loss: "key" };
  } catch {
    return { loss: "syntax" };
  }
}

function skipJsonSpace(text: string, at: number): number {
  let pos = at;
  let code = text.charCodeAt(pos);
  while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++pos);
  return pos;
}
