import { isComment, isSpace, skipSpace } from "./blank.js";
import { isQuoteCode } from "./quote-marks.js";
import { steps } from "./steps.js";

/** Where a string stands, which decides what may follow its closing quote. */
export type Role = "key" | "field" | "item" | "root";

/** Whether a quote at `at` ends the string: what follows must be what can follow a string there. */
export function closesAt(text: string, at: number, role: Role): boolean {
  const next = skipSpace(text, at + 1);
  if (next === text.length) return true;
  if (role === "root") return false;
  const code = text.charCodeAt(next);
  if (role === "key") return code === 58 || (code === 47 && isComment(text, next, code));
  if (code === 125 || code === 93 || isComment(text, next, code)) return true;
  if (code === 43) return isQuoteCode(text.charCodeAt(skipSpace(text, next + 1)));
  if (code === 96 && text.startsWith("```", next)) return true;
  if (code === 44) {
    const after = skipSpace(text, next + 1);
    if (after === text.length) return true;
    const follows = text.charCodeAt(after);
    if (follows === 125 || follows === 93 || follows === 47 || follows === 35 || follows === 44) return true;
    if (isEllipsis(text, after, follows)) return true;
    return role === "field" ? isKeyAhead(text, after) : isItemAhead(text, after);
  }
  if (next === at + 1) return false;
  if (role === "field") {
    return (isQuoteCode(code) || text.slice(at, next).includes("\n")) && isKeyAhead(text, next);
  }
  return isQuoteCode(code) || code === 123 || code === 91 || isAhead(PLAIN_ITEM, 82, text, next);
}

export function isEllipsis(text: string, at: number, code: number): boolean {
  return code === 0x2026 || (code === 46 && text.startsWith("...", at));
}

const WIDE_KEY = /[\p{L}\p{N}_$][\p{L}\p{N}_$-]{0,100}\s{0,20}:/uy;
const PLAIN_ITEM = /(?:-?\d{1,30}(?:\.\d{1,30})?|true|false|null|True|False|None)\s{0,20}[,\]]/y;
const LETTER = /\p{L}/uy;

/** Whether a sticky pattern matches at `at`; it looks at no more than `most` characters. */
export function isAhead(pattern: RegExp, most: number, text: string, at: number): boolean {
  steps.count += Math.min(most, text.length - at);
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Most characters of a quoted key and of a bare one, and most of white space before its colon, that are looked at. */
const QUOTED_KEY = 200;
const BARE_KEY = 101;
const KEY_SPACE = 20;

/** Whether a key with its colon stands at `at`. Bounded, so that a lookahead from each quote stays linear. */
function isKeyAhead(text: string, at: number): boolean {
  const end = keyEnd(text, at);
  if (end < 0) return end === -2 && isAhead(WIDE_KEY, BARE_KEY + KEY_SPACE + 1, text, at);
  let pos = end;
  while (pos < end + KEY_SPACE && isSpace(text.charCodeAt(pos))) pos += 1;
  steps.count += pos - at + 1;
  return text.charCodeAt(pos) === 58;
}

/** After what could be a key at `at`; -1 where there is none, -2 where a bare one has letters beyond ASCII. */
function keyEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 34 || code === 39 || code === 0x201c || code === 0x201d) return quotedKeyEnd(text, at, code);
  const most = at + BARE_KEY;
  let pos = at;
  for (; pos < most; pos += 1) {
    const one = text.charCodeAt(pos);
    if (one > 127 && !isSpace(one)) return -2;
    const isWord = isWordCode(one) || (one === 45 && pos > at);
    if (!isWord) break;
  }
  return pos === at ? -1 : pos;
}

function quotedKeyEnd(text: string, at: number, quote: number): number {
  let pos = at + 1;
  for (let count = 0; count <= QUOTED_KEY; count += 1) {
    const code = text.charCodeAt(pos);
    if (code === quote || (quote > 127 && (code === 0x201c || code === 0x201d))) {
      steps.count += count;
      return pos + 1;
    }
    if (code === 10 || pos >= text.length) break;
    pos += code === 92 && quote === 34 && text.charCodeAt(pos + 1) !== 10 ? 2 : 1;
  }
  steps.count += pos - at;
  return -1;
}

function isWordCode(code: number): boolean {
  return (
    (code > 96 && code < 123) || (code > 64 && code < 91) || (code > 47 && code < 58) || code === 95 || code === 36
  );
}

/** Whether something that can be an item of a list stands at `at`. */
function isItemAhead(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if ((code > 96 && code < 123) || (code > 64 && code < 91) || (code > 47 && code < 58)) return true;
  if (code === 34 || code === 123 || code === 91 || code === 45 || code === 39 || code === 46) return true;
  if (code === 96 || code === 93 || code === 0x201c || code === 0x201e || code === 0x2018) return true;
  return code > 127 && isAhead(LETTER, 2, text, at);
}

/** Whether a quote that does not end the string stands where one would begin or end in JSON. */
export function looksStructural(text: string, at: number, start: number): boolean {
  if (text.charCodeAt(skipSpace(text, at + 1)) === 58) return true;
  let before = at - 1;
  while (before > start && at - before < 20 && isSpace(text.charCodeAt(before))) before -= 1;
  steps.count += at - before;
  return before > start && ",:{[".includes(text[before]!);
}

/** What stands behind a string where it is part of an expression: an operator, a call, a second string. */
const OPERATED =
  /\s{0,20}(?:[+*%|&=<>?^~]|\/(?=[\s"'])|(?:or|and|if|in|is|not)\b|\.[A-Za-z_]\w{0,40}\()|\s{1,20}["'`“]/y;

/** Whether the quote at `at`, the first inside of a string, could as well end it, and begin the code that it stands in. */
export function isOperated(text: string, at: number): boolean {
  return isAhead(OPERATED, 64, text, at + 1) || text.charCodeAt(at + 1) === text.charCodeAt(at);
}

/** Whether words before a string are the beginning of an expression. */
export function endsInOperator(words: string): boolean {
  return /[-+*%|&=<>?^~(/:]$/.test(words);
}

/** Whether a comment on the line of a string could as well be its rest: it ends with such a quote. */
export function endsInQuote(comment: string, quote: string): boolean {
  const last = comment.lastIndexOf(quote);
  return last !== -1 && /^[\s,}\]]*$/.test(comment.slice(last + 1));
}

/** Whether the string that ends before `end` and the one at `next` are parts of one text: there is a blank at its seam. */
export function isSeam(text: string, end: number, next: number): boolean {
  if (!isQuoteCode(text.charCodeAt(end - 1)) || !isQuoteCode(text.charCodeAt(next))) return false;
  return isSpace(text.charCodeAt(end - 2)) || isSpace(text.charCodeAt(next + 1));
}

const BRACKET_OR_COMMA = /\s{0,50}[\]},]/y;

/** Whether a bracket or comma follows, so that the bracket before it may not have been the last. */
export function goesOn(text: string, at: number): boolean {
  return isAhead(BRACKET_OR_COMMA, 51, text, at);
}
