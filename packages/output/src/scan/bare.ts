import type { JsonValue } from "@armature/contracts";
import { isComment, isSpace } from "./blank.js";
import { isLeftOut } from "./left-out.js";
import { isQuoteCode } from "./quote-marks.js";
import { steps } from "./steps.js";

interface Bare {
  readonly end: number;
  readonly value: JsonValue;
  /** The departure from JSON, if any. */
  readonly oddity?: "literal" | "number" | "bare_string";
  /** Why it has no value without a guess. */
  readonly lossy?: string;
  /** Nothing that could be a value stands here. */
  readonly failed?: boolean;
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LOOSE_NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)\.?|(?:0|[1-9]\d*)?\.\d+)$/;
const LITERALS = new Map<string, JsonValue>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["True", true],
  ["False", false],
  ["None", null],
  ["TRUE", true],
  ["FALSE", false],
  ["NULL", null],
  ["Null", null],
]);
const JSON_LITERALS = new Set(["true", "false", "null"]);
/** What other languages have and JSON does not, and what stands for a value that was still to be put in. */
const NO_VALUE =
  /^(?:[+-]?(?:nan|inf|infinity)|undefined|nil|none|[+-]?0(?:x[\da-f]+|o[0-7]+|b[01]+)|[+-]?\d[\d_]*_[\d_.]*|<[^>]*>|\?+|\$[a-z_]\w*)$/i;
/** What Node prints where it does not go on. */
const PRINTED = /^(?:Object|Array|Circular(?: \*\d+)?|(?:Async|Generator)?Function(?:: .*| \(anonymous\)))$/;

/** Reads the number, word or unquoted text at `at`: it ends at a comma, a bracket, a line end or a comment. */
export function readBare(text: string, at: number): Bare {
  const short = readShort(text, at);
  if (short !== undefined) return short;
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if ((code > 47 && code < 91) || (code > 96 && code < 123) || code === 32 || code === 46) {
      end += 1;
      continue;
    }
    if (endsBare(code) || code === 123 || code === 91) break;
    if (isQuoteCode(code) && code !== 0x2019 && startsWord(text, end)) break;
    if (isComment(text, end, code) && startsWord(text, end)) break;
    end += 1;
  }
  const word = text.slice(at, end).trimEnd();
  // Once for its end and once for what it means.
  steps.count += 2 * (end - at) + 1;
  return { end: at + word.length, ...interpretBare(word, text[end]) };
}

/** The commonest: a word of JSON or an integer that surely survives, with nothing before the comma or bracket. */
function readShort(text: string, at: number): Bare | undefined {
  const first = text.charCodeAt(at);
  let end = at;
  let value: JsonValue = null;
  if (first > 47 && first < 58) {
    let code = first;
    let integer = 0;
    while (code > 47 && code < 58 && end < at + 16) {
      integer = integer * 10 + code - 48;
      code = text.charCodeAt(++end);
    }
    if (end === at + 16 || (first === 48 && end > at + 1)) return undefined;
    value = integer;
  } else if (first === 116 && text.startsWith("true", at)) {
    end = at + 4;
    value = true;
  } else if (first === 102 && text.startsWith("false", at)) {
    end = at + 5;
    value = false;
  } else if (first === 110 && text.startsWith("null", at)) end = at + 4;
  else return undefined;
  if (!endsBare(text.charCodeAt(end))) return undefined;
  steps.count += end - at + 1;
  return { end, value };
}

/** A comma, a closing bracket or the end of the line. */
function endsBare(code: number): boolean {
  return code === 44 || code === 125 || code === 93 || code === 10;
}

/** Whether the character before `at` is white space or there is none. */
function startsWord(text: string, at: number): boolean {
  return at === 0 || isSpace(text.charCodeAt(at - 1));
}

/** What a word without quotes means before the character that ends it. */
export function interpretBare(word: string, next: string | undefined): Omit<Bare, "end"> {
  if (word === "" || next === "{" || next === "[") return { value: null, failed: true };
  if (LITERALS.has(word)) {
    return { value: LITERALS.get(word)!, ...(JSON_LITERALS.has(word) ? {} : { oddity: "literal" as const }) };
  }
  if (JSON_NUMBER.test(word) || LOOSE_NUMBER.test(word)) {
    const oddity = JSON_NUMBER.test(word) ? {} : { oddity: "number" as const };
    const lossy = numberLoss(word);
    return { value: Number(word), ...oddity, ...(lossy === undefined ? {} : { lossy }) };
  }
  if (NO_VALUE.test(word)) return { value: null, lossy: `${word.slice(0, 40)} is not a JSON value` };
  if (isLeftOut(word)) return { value: null, lossy: "an ellipsis stands for something left out" };
  if (next === "]" && PRINTED.test(word))
    return { value: word, lossy: `[${word.slice(0, 40)}] is no value, but stands for one` };
  if (/^[+-]?\d[\d.]*[eE][+-]?$/.test(word)) return { value: null, lossy: `${word} is a cut number` };
  if (/^[+-]?[\d.]\S*\s/.test(word))
    return { value: word, lossy: `${word.slice(0, 40)} can be read in more than one way` };
  if (/["“”]|^\(/.test(word)) return { value: word, lossy: `${word.slice(0, 40)} is no value of JSON` };
  if (next === "#" || next === "/")
    return { value: word, lossy: `what follows ${word.slice(0, 40)} is a comment or part of it` };
  return { value: word, oddity: "bare_string" };
}

/** Why a number does not survive as a double: one beyond its range, or of whose whole part it keeps less than was written. */
export function numberLoss(word: string): string | undefined {
  const number = Number(word);
  if (!Number.isFinite(number)) return `${word.slice(0, 40)} is beyond the range of a number`;
  if (number === 0) return /^[^eE]*[1-9]/.test(word) ? `${word.slice(0, 40)} is too small for a number` : undefined;
  // Up to fifteen digits before the point are kept, and what is lost behind it is less than any measure.
  if (Math.abs(number) < 1e15 || digitsOf(word) === digitsOf(String(number))) return undefined;
  const whole = /^[+-]?(\d+)(?:\.0*)?$/.exec(word)?.[1];
  if (whole !== undefined && BigInt(whole) === BigInt(Math.abs(number))) return undefined;
  return `${word.slice(0, 40)} has more digits than a number can keep`;
}

/** The digits of a number from the first to the last that is not 0: with its size they say which one it is. */
function digitsOf(word: string): string {
  const mantissa = /^[+-]?([\d.]*)/.exec(word)![1]!.replace(".", "");
  let start = 0;
  let end = mantissa.length;
  while (mantissa.charCodeAt(start) === 48) start += 1;
  while (end > start && mantissa.charCodeAt(end - 1) === 48) end -= 1;
  return mantissa.slice(start, end);
}
