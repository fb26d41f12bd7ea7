import type { JsonValue } from "@armature/contracts";
import { MAX_DEPTH } from "./node.js";

/**
 * `JSON.parse`, where it loses nothing: undefined when the text is not JSON, nests too deep, or holds a number, a
 * duplicate key or a `__proto__` that needs a closer look.
 */
export function parseStrict(text: string): { readonly json: JsonValue } | undefined {
  const outline = outlineOf(text);
  if (outline === undefined) return undefined;
  if (/\d{16}|[eE]\+?\d{3}/.test(text)) return undefined;
  let json: JsonValue;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  return outline.keys === countKeys(json) ? { json } : undefined;
}

/** The number of colons outside strings; undefined where the nesting is too deep. */
function outlineOf(text: string): { keys: number } | undefined {
  let keys = 0;
  let depth = 0;
  for (let pos = 0; pos < text.length; pos += 1) {
    switch (text.charCodeAt(pos)) {
      case 34: {
        pos = text.indexOf('"', pos + 1);
        while (pos !== -1 && isEscaped(text, pos)) pos = text.indexOf('"', pos + 1);
        if (pos === -1) return { keys: -1 };
        break;
      }
      case 58:
        keys += 1;
        break;
      case 91:
      case 123:
        depth += 1;
        if (depth > MAX_DEPTH) return undefined;
        break;
      case 93:
      case 125:
        depth -= 1;
        break;
    }
  }
  return { keys };
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === 92) before -= 1;
  return (at - before) % 2 === 0;
}

function countKeys(json: JsonValue): number {
  if (typeof json !== "object" || json === null) return 0;
  let count = 0;
  if (Array.isArray(json)) {
    for (const item of json) count += countKeys(item);
    return count;
  }
  for (const key in json) {
    if (key === "__proto__") return Number.NaN;
    count += 1 + countKeys(json[key]!);
  }
  return count;
}
