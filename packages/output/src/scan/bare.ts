import type { JsonValue } from "@armature/contracts";
import { isQuote, startsWord } from "./quoted.js";

export interface Bare {
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
]);
const JSON_LITERALS = new Set(["true", "false", "null"]);
const NO_VALUE = new Set(["NaN", "Infinity", "-Infinity", "+Infinity", "undefined", "nan", "inf", "-inf"]);

/** Reads the number, word or unquoted text at `at`: it ends at a comma, a bracket, a line end or a comment. */
export function readBare(text: string, at: number): Bare {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if ((code > 47 && code < 91) || (code > 96 && code < 123) || code === 32 || code === 46) {
      end += 1;
      continue;
    }
    const char = text[end]!;
    if (char === "," || char === "}" || char === "]" || char === "\n" || char === "{" || char === "[") break;
    if (isQuote(char) && char !== "\u2019" && startsWord(text, end)) break;
    if ((char === "#" || (char === "/" && (text[end + 1] === "/" || text[end + 1] === "*"))) && startsWord(text, end))
      break;
    end += 1;
  }
  const word = text.slice(at, end).trimEnd();
  return { end: at + word.length, ...interpret(word, text[end]) };
}

/** What a word without quotes means by itself. */
export function interpretBare(word: string): Omit<Bare, "end"> {
  return interpret(word, undefined);
}

function interpret(word: string, next: string | undefined): Omit<Bare, "end"> {
  if (word === "" || next === "{" || next === "[") return { value: null, failed: true };
  if (LITERALS.has(word)) {
    return { value: LITERALS.get(word)!, ...(JSON_LITERALS.has(word) ? {} : { oddity: "literal" as const }) };
  }
  if (JSON_NUMBER.test(word) || LOOSE_NUMBER.test(word)) {
    const oddity = JSON_NUMBER.test(word) ? {} : { oddity: "number" as const };
    const lossy = numberLoss(word);
    return { value: Number(word), ...oddity, ...(lossy === undefined ? {} : { lossy }) };
  }
  if (NO_VALUE.has(word)) return { value: null, lossy: `${word} is not a JSON value` };
  if (word.startsWith("...") || word.startsWith("\u2026"))
    return { value: null, lossy: "an ellipsis stands for something left out" };
  if (/^[+-]?\d[\d.]*[eE][+-]?$/.test(word)) return { value: null, lossy: `${word} is a cut number` };
  if (/^[+-]?[\d.]\S*\s/.test(word))
    return { value: word, lossy: `${word.slice(0, 40)} can be read in more than one way` };
  if (/["“”]|^\(/.test(word)) return { value: word, lossy: `${word.slice(0, 40)} is no value of JSON` };
  return { value: word, oddity: "bare_string" };
}

/** Why a number does not survive as a double: an integer that would change, or one beyond the range. */
export function numberLoss(word: string): string | undefined {
  const number = Number(word);
  if (!Number.isFinite(number)) return `${word.slice(0, 40)} is beyond the range of a number`;
  if (Number.isSafeInteger(number) || word.length < 16 || !/^[+-]?\d+$/.test(word)) return undefined;
  if (String(number) === word) return undefined;
  return BigInt(word.replace("+", "")) === BigInt(number)
    ? undefined
    : `${word.slice(0, 40)} has more digits than a number can keep`;
}
