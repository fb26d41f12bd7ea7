import type { JsonValue } from "@armature/contracts";
import { numberLoss } from "./bare.js";
import { MAX_DEPTH } from "./node.js";
import { steps } from "./steps.js";

/** Where plain JSON ends, or why this is none. */
interface Outline {
  /**
   * `plain`: an object or array as `JSON.parse` takes it, if that takes the strings. `odd`: the same, but a number in it
   * does not survive as a double. `strange`: it departs from JSON. `open`: the text ends first. `deep`: more than {@link MAX_DEPTH} levels.
   */
  readonly status: "plain" | "odd" | "strange" | "open" | "deep";
  /** After its last bracket, or where reading stopped. */
  readonly end: number;
  /** How many keys were written, the same one twice counted twice. */
  readonly keys: number;
}

/** Whether the bracket of each level is a brace. Nothing here calls back, so one list serves all calls. */
const braces = new Uint8Array(MAX_DEPTH + 1);

/**
 * Checks the object or array that starts at `start` against the grammar of JSON, all but the inside of its strings, and
 * makes nothing of it.
 */
export function outline(text: string, start: number): Outline {
  let pos = start + 1;
  let depth = 1;
  let keys = 0;
  let isOdd = false;
  let inObject = text.charCodeAt(start) === 123;
  let isFirst = true;
  let isAfter = false;
  braces[1] = inObject ? 1 : 0;

  for (;;) {
    let code = text.charCodeAt(pos);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++pos);
    if (isAfter || isFirst) {
      if (code === (inObject ? 125 : 93)) {
        pos += 1;
        depth -= 1;
        if (depth === 0) return stopped(isOdd ? "odd" : "plain", start, pos, keys);
        inObject = braces[depth] === 1;
        isAfter = true;
        continue;
      }
      if (isAfter) {
        if (code !== 44) return departed(text, start, pos, keys);
        isAfter = false;
        isFirst = false;
        pos += 1;
        continue;
      }
    }
    if (inObject) {
      if (code !== 34) return departed(text, start, pos, keys);
      const end = stringEnd(text, pos);
      if (end < 0) return departed(text, start, -end, keys);
      pos = end;
      code = text.charCodeAt(pos);
      while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++pos);
      if (code !== 58) return departed(text, start, pos, keys);
      keys += 1;
      code = text.charCodeAt(++pos);
      while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++pos);
    }
    isFirst = false;
    isAfter = true;
    if (code === 34) {
      const end = stringEnd(text, pos);
      if (end < 0) return departed(text, start, -end, keys);
      pos = end;
    } else if (code === 123 || code === 91) {
      if (depth === MAX_DEPTH) return stopped("deep", start, pos, keys);
      depth += 1;
      inObject = code === 123;
      braces[depth] = inObject ? 1 : 0;
      isFirst = true;
      isAfter = false;
      pos += 1;
    } else if (code === 45 || (code > 47 && code < 58)) {
      const end = numberEnd(text, pos);
      if (end < 0) return departed(text, start, -end, keys);
      // Shorter than this, every number without an exponent survives.
      if (end - pos > 15 || hasExponent(text, pos, end)) isOdd ||= numberLoss(text.slice(pos, end)) !== undefined;
      pos = end;
    } else if (code === 116 && text.startsWith("true", pos)) pos += 4;
    else if (code === 102 && text.startsWith("false", pos)) pos += 5;
    else if (code === 110 && text.startsWith("null", pos)) pos += 4;
    else return departed(text, start, pos, keys);
  }
}

function stopped(status: Outline["status"], start: number, end: number, keys: number): Outline {
  steps.count += end - start;
  return { status, end, keys };
}

function departed(text: string, start: number, at: number, keys: number): Outline {
  return stopped(at >= text.length ? "open" : "strange", start, at, keys);
}

/** A string longer than this is searched for its end by the engine, which is faster but starts slower. */
const SHORT = 24;

/**
 * After the closing quote of the string at `at`; where the text ends first, its length, negative. What is between is
 * for `JSON.parse` to judge.
 */
function stringEnd(text: string, at: number): number {
  let pos = at + 1;
  for (const most = pos + SHORT; pos < most; pos += 1) {
    const code = text.charCodeAt(pos);
    if (code === 34) return pos + 1;
    if (code === 92) pos += 1;
  }
  for (let from = pos; ; from = pos) {
    pos = text.indexOf('"', from) + 1;
    if (pos === 0) return -text.length;
    let before = pos - 2;
    while (before >= from && text.charCodeAt(before) === 92) before -= 1;
    if ((pos - before) % 2 === 0) return pos;
  }
}

/** After the JSON number at `at`; where it departs from JSON, that place, negative. */
function numberEnd(text: string, at: number): number {
  let pos = text.charCodeAt(at) === 45 ? at + 1 : at;
  let code = text.charCodeAt(pos);
  if (code === 48) code = text.charCodeAt(++pos);
  else {
    const from = pos;
    while (code > 47 && code < 58) code = text.charCodeAt(++pos);
    if (pos === from) return -pos;
  }
  if (code === 46) {
    const from = pos + 1;
    do code = text.charCodeAt(++pos);
    while (code > 47 && code < 58);
    if (pos === from) return -pos;
  }
  if (code === 101 || code === 69) {
    code = text.charCodeAt(++pos);
    if (code === 43 || code === 45) code = text.charCodeAt(++pos);
    const from = pos;
    while (code > 47 && code < 58) code = text.charCodeAt(++pos);
    if (pos === from) return -pos;
  }
  return pos;
}

function hasExponent(text: string, start: number, end: number): boolean {
  for (let pos = start; pos < end; pos += 1) {
    const code = text.charCodeAt(pos);
    if (code === 101 || code === 69) return true;
  }
  return false;
}

/**
 * How many keys a value holds; not a number where one of them is `__proto__`. A text that wrote more keys wrote one of
 * them twice.
 */
export function countKeys(json: JsonValue): number {
  let count = 0;
  if (Array.isArray(json)) {
    for (let index = 0; index < json.length; index += 1) {
      const item = json[index]!;
      if (typeof item === "object" && item !== null) count += countKeys(item);
    }
  } else if (typeof json === "object" && json !== null) {
    for (const key in json) {
      if (key === "__proto__") return Number.NaN;
      const value = json[key]!;
      count += typeof value === "object" && value !== null ? 1 + countKeys(value) : 1;
    }
  }
  return count;
}
