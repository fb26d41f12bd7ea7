import { skipSpace } from "./blank.js";
import { closesAt, isOperated, looksStructural, type Role } from "./closing.js";
import { escapeLoss, KNOWN, keepsBackslashes, readEscape, withBackslashes } from "./escape.js";
import { closersOf, isQuoteCode } from "./quote-marks.js";
import { steps } from "./steps.js";

export interface Quoted {
  readonly value: string;
  /** After the closing quote, or the end of the text. */
  readonly end: number;
  readonly closed: boolean;
  /** The departures from JSON that were met, each once. */
  readonly oddities: readonly string[];
  /** Why the string could as well end elsewhere. */
  readonly doubt: string | undefined;
  /** Why it could as well hold something else. */
  readonly loss: string | undefined;
}

/** Reads a string that is the whole of `text`; undefined where it is not one. */
export function readWhole(text: string): Quoted | undefined {
  if (!isQuoteCode(text.charCodeAt(0)) || text.startsWith("```")) return undefined;
  const string = readQuoted(text, 0, "root");
  const isWhole = string.closed && string.end === text.length && !string.oddities.includes("unescaped_quote");
  return isWhole && string.doubt === undefined && string.loss === undefined ? string : undefined;
}

/**
 * Reads the string whose opening quote is at `at`; when strict, the next quote without a backslash ends it.
 *
 * @param run where the plain characters end with which the string begins, if that is known
 */
export function readQuoted(text: string, at: number, role: Role, isStrict = false, run = at + 1): Quoted {
  const tripled = isStrict ? undefined : readTripled(text, at);
  const string = tripled ?? readOdd(text, at, role, isStrict, run);
  steps.count += string.end - at;
  return string;
}

/** Where the first character stands, from `from` on, that can end a string in double quotes or is more than itself. */
export function plainRun(text: string, from: number): number {
  let pos = from;
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === 34 || code === 92 || !(code > 31)) break;
    pos += 1;
  }
  steps.count += pos - from;
  return pos;
}

/** Where the string begins that is added to the one before `at`, as in `"a" + "b"`. */
export function addedString(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at);
  if (code === 44 || code === 125 || code === 93) return undefined;
  const plus = skipSpace(text, at);
  if (text.charCodeAt(plus) !== 43) return undefined;
  const next = skipSpace(text, plus + 1);
  return isQuoteCode(text.charCodeAt(next)) ? next : undefined;
}

function readOdd(text: string, at: number, role: Role, isStrict: boolean, run: number): Quoted {
  const quote = text.charCodeAt(at);
  const closers = closersOf(quote);
  const oddities: string[] = quote === 34 ? [] : ["quotes"];
  const literalBackslash = !isStrict && isBrokenPath(text, at + 1);
  let inner = 0;
  let doubt: string | undefined;
  let escapes = 0;
  let value = "";
  let from = at + 1;
  let pos = run;
  while (pos < text.length) {
    const code = text.charCodeAt(pos);
    // Most characters are plain: letters, digits, spaces.
    if ((code > 96 && code < 0x2018) || (code > 39 && code < 92) || code === 32) {
      pos += 1;
      continue;
    }
    if (code === 92 && !literalBackslash) {
      value += text.slice(from, pos);
      const escaped = readEscape(text, pos);
      if (escaped.kind > KNOWN || (escaped.kind === 0 && text[pos + 1] !== '"')) addTo(oddities, "escape");
      escapes |= escaped.kind;
      value += escaped.value;
      pos = escaped.end;
      from = pos;
    } else if (closers.includes(text[pos]!)) {
      if (isStrict || closesAt(text, pos, role)) {
        if (literalBackslash) oddities.push("backslash");
        if (inner % 2 === 1) doubt ??= "a quote inside the string has no partner";
        const loss = escapes === 0 ? undefined : escapeLoss(escapes);
        const whole = keepsBackslashes(escapes)
          ? withBackslashes(text.slice(at + 1, pos))
          : value + text.slice(from, pos);
        return { value: whole, end: pos + 1, closed: true, oddities, doubt, loss };
      }
      if (!oddities.includes("unescaped_quote")) {
        oddities.push("unescaped_quote");
        if (isOperated(text, pos)) doubt ??= "what follows a quote inside the string reads as code";
      }
      if (looksStructural(text, pos, at)) doubt ??= "a quote inside the string could end or begin another one";
      if (!isApostrophe(text[pos]!, text[pos - 1]!)) inner += 1;
      pos += 1;
    } else {
      if (code < 32) addTo(oddities, "raw_control");
      pos += 1;
    }
  }
  return {
    value: value + text.slice(from),
    end: text.length,
    closed: false,
    oddities,
    doubt: undefined,
    loss: undefined,
  };
}

function addTo(oddities: string[], kind: string): void {
  if (!oddities.includes(kind)) oddities.push(kind);
}

/** Python's long strings: they end at the next three quotes. With backslashes in them they are left to the model. */
function readTripled(text: string, at: number): Quoted | undefined {
  if (!text.startsWith('"""', at)) return undefined;
  const close = text.indexOf('"""', at + 3);
  if (close === -1) return undefined;
  const value = text.slice(at + 3, close);
  const loss = value.includes("\\") ? "a backslash in a triple-quoted string has two readings" : undefined;
  return { value, end: close + 3, closed: true, oddities: ["triple_quotes"], doubt: undefined, loss };
}

/** Whether a quote stands alone by its nature: inches after a digit, an apostrophe after a letter. */
function isApostrophe(quote: string, before: string): boolean {
  return (quote === '"' ? /\d/ : /[\p{L}\d]/u).test(before);
}

/**
 * A Windows path whose backslashes were not doubled: a drive or server at the start and an escape that JSON does not
 * know. Then every backslash is meant as one.
 */
function isBrokenPath(text: string, at: number): boolean {
  if (text[at + 1] !== ":" || text[at + 2] !== "\\") return false;
  const head = text.slice(at, at + 260);
  steps.count += head.length;
  if (!/^[A-Za-z]:\\(?!\\)/.test(head)) return false;
  const path = /^[^"\n]*/.exec(head)![0];
  return /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(path) && !path.includes("\\\\");
}
