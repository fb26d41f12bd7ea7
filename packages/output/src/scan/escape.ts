// What the escapes of a string were, a bit each. Only what JSON knows and says the same in any reading has none.

/** An escape of JSON. */
export const KNOWN = 1;
/** One that JSON does not know, before a letter or digit. */
export const BEFORE_WORD = 2;
/** One that JSON does not know, before anything else. */
export const BEFORE_MARK = 4;
/** One that is cut, or that other languages know. */
const BROKEN = 8;

interface Escape {
  readonly value: string;
  readonly end: number;
  readonly kind: number;
}

const SHORT: Readonly<Record<string, string>> = {
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Escapes of other languages, whole and cut; in JSON they could mean the character, or the backslash as it stands. */
const FOREIGN = /u(?:[0-9a-fA-F{]|$)|x[0-9a-fA-F]|U[0-9a-fA-F]{8}|0|[\n\r\u2028\u2029]/y;

/** An escape that JSON does not know keeps its backslash before a letter or digit, and loses it before anything else. */
export function readEscape(text: string, at: number): Escape {
  const char = text[at + 1];
  if (char === undefined) return { value: "", end: at + 1, kind: 0 };
  if (char === '"' || char === "'" || char === "`") return { value: char, end: at + 2, kind: 0 };
  if (Object.hasOwn(SHORT, char)) return { value: SHORT[char]!, end: at + 2, kind: KNOWN };
  const code = char === "u" ? text.slice(at + 2, at + 6) : "";
  if (/^[0-9a-fA-F]{4}$/.test(code)) {
    return { value: String.fromCharCode(Number.parseInt(code, 16)), end: at + 6, kind: KNOWN };
  }
  const isWord = /[\p{L}\p{N}]/u.test(char);
  FOREIGN.lastIndex = at + 1;
  const kind = FOREIGN.test(text) ? BROKEN : isWord ? BEFORE_WORD : BEFORE_MARK;
  return { value: isWord ? `\\${char}` : char, end: at + 2, kind };
}

/** Why a string with such escapes has more than one reading. */
export function escapeLoss(kinds: number): string | undefined {
  if ((kinds & BROKEN) !== 0) return "an escape in the string is cut, or none of JSON";
  if ((kinds & BEFORE_WORD) === 0 || (kinds & KNOWN) === 0) return undefined;
  return "some backslashes in the string are escapes and some are not: each that is meant must be doubled";
}

/** Where a backslash before a letter is meant as one, those before other characters are, too; a quote needs its own. */
export function keepsBackslashes(kinds: number): boolean {
  return (kinds & BEFORE_WORD) !== 0 && (kinds & BEFORE_MARK) !== 0;
}

/** A string without escapes, but for those of its quotes. */
export function withBackslashes(raw: string): string {
  return raw.replace(/\\(["'`])/g, "$1");
}
