import { isSpace, skipSpace } from "./blank.js";

/** Where a string stands, which decides what may follow its closing quote. */
export type Role = "key" | "field" | "item" | "root";

export interface Quoted {
  readonly value: string;
  /** After the closing quote, or the end of the text. */
  readonly end: number;
  readonly closed: boolean;
  /** The departures from JSON that were met, each once. */
  readonly oddities: ReadonlySet<string>;
  /** Why the string could as well end elsewhere. */
  readonly doubt?: string;
}

const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": '\u201d\u201c"',
  "\u201d": '\u201d"',
  "\u201e": '\u201c\u201d"',
  "\u2018": "\u2019\u2018'",
  "\u2019": "\u2019'",
};

/** Reads a string that is the whole of `text`; undefined where it is not one. */
export function readWhole(text: string): Quoted | undefined {
  if (!isQuote(text[0] ?? "") || text.startsWith("```")) return undefined;
  const string = readQuoted(text, 0, "root");
  const isWhole = string.closed && string.end === text.length && !string.oddities.has("unescaped_quote");
  return isWhole ? string : undefined;
}

const QUOTES = new Set(Object.keys(CLOSERS));

export function isQuote(char: string): boolean {
  return QUOTES.has(char);
}

/** Reads the string whose opening quote is at `at`; when strict, the next quote without a backslash ends it. */
export function readQuoted(text: string, at: number, role: Role, isStrict = false): Quoted {
  const quote = text[at]!;
  const closers = CLOSERS[quote]!;
  const oddities = new Set<string>();
  const tripled = quote === '"' && !isStrict ? readTripled(text, at) : undefined;
  if (tripled !== undefined) return tripled;
  if (quote !== '"') oddities.add("quotes");
  let inner = 0;
  let doubt: string | undefined;
  const literalBackslash = !isStrict && isBrokenPath(text, at + 1);
  let value = "";
  let from = at + 1;
  let pos = from;
  while (pos < text.length) {
    const code = text.charCodeAt(pos);
    // Most characters are plain: letters, digits, spaces.
    if ((code > 96 && code < 0x2018) || (code > 39 && code < 92) || code === 32) {
      pos += 1;
      continue;
    }
    const char = text[pos]!;
    if (char === "\\" && !literalBackslash) {
      value += text.slice(from, pos);
      const escaped = readEscape(text, pos, oddities);
      value += escaped.value;
      pos = escaped.end;
      from = pos;
    } else if (closers.includes(char)) {
      if (isStrict || closesAt(text, pos, role)) {
        if (literalBackslash) oddities.add("backslash");
        if (inner % 2 === 1) doubt ??= "a quote inside the string has no partner";
        const end = { value: value + text.slice(from, pos), end: pos + 1, closed: true, oddities };
        return doubt === undefined ? end : { ...end, doubt };
      }
      oddities.add("unescaped_quote");
      if (looksStructural(text, pos, at)) doubt ??= "a quote inside the string could end or begin another one";
      if (!isApostrophe(char, text[pos - 1]!)) inner += 1;
      pos += 1;
    } else {
      if (char < " ") oddities.add("raw_control");
      pos += 1;
    }
  }
  return { value: value + text.slice(from), end: text.length, closed: false, oddities };
}

/** Python's long strings: they end at the next three quotes. With backslashes in them they are left to the model. */
function readTripled(text: string, at: number): Quoted | undefined {
  if (!text.startsWith('"""', at)) return undefined;
  const close = text.indexOf('"""', at + 3);
  if (close === -1) return undefined;
  const value = text.slice(at + 3, close);
  const read = { value, end: close + 3, closed: true, oddities: new Set(["triple_quotes"]) };
  return value.includes("\\") ? { ...read, doubt: "a backslash in a triple-quoted string has two readings" } : read;
}

/** Whether a quote stands alone by its nature: inches after a digit, an apostrophe after a letter. */
function isApostrophe(quote: string, before: string): boolean {
  return (quote === '"' ? /\d/ : /[\p{L}\d]/u).test(before);
}

/** Whether a quote that does not end the string stands where one would begin or end in JSON. */
function looksStructural(text: string, at: number, start: number): boolean {
  const next = text[skipSpace(text, at + 1)];
  if (next === ":") return true;
  let before = at - 1;
  while (before > start && at - before < 20 && isSpace(text.charCodeAt(before))) before -= 1;
  return before > start && ",:{[".includes(text[before]!);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** An escape that JSON does not know keeps its backslash before a letter or digit, and loses it before anything else. */
function readEscape(text: string, at: number, oddities: Set<string>): { value: string; end: number } {
  const char = text[at + 1];
  if (char === undefined) return { value: "", end: at + 1 };
  if (Object.hasOwn(SHORT, char)) return { value: SHORT[char]!, end: at + 2 };
  if (char === "u" && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) {
    return { value: String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16)), end: at + 6 };
  }
  oddities.add("escape");
  return { value: /[\p{L}\p{N}]/u.test(char) ? `\\${char}` : char, end: at + 2 };
}

/**
 * A Windows path whose backslashes were not doubled: a drive or server at the start and an escape that JSON does not
 * know. Then every backslash is meant as one.
 */
function isBrokenPath(text: string, at: number): boolean {
  if (text[at + 1] !== ":" || text[at + 2] !== "\\") return false;
  const head = text.slice(at, at + 260);
  if (!/^[A-Za-z]:\\(?!\\)/.test(head)) return false;
  const path = /^[^"\n]*/.exec(head)![0];
  return /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(path) && !path.includes("\\\\");
}

const KEY_AHEAD =
  /(?:"(?:[^"\\\n]|\\.){0,200}"|'[^'\n]{0,200}'|[“”][^“”\n]{0,200}[”“]|[\p{L}\p{N}_$][\p{L}\p{N}_$-]{0,100})\s{0,20}:/uy;
const ITEM_AHEAD = /["'`“‘„\d.\-[\]{]|true\b|false\b|null\b|True\b|False\b|None\b|\p{L}|$/uy;

const PLAIN_ITEM = /(?:-?\d{1,30}(?:\.\d{1,30})?|true|false|null|True|False|None)\s{0,20}[,\]]/y;

/** Whether a sticky pattern matches at `at`. */
export function ahead(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Whether a quote at `at` ends the string: what follows must be what can follow a string there. */
function closesAt(text: string, at: number, role: Role): boolean {
  const next = skipSpace(text, at + 1);
  const char = text[next];
  if (char === undefined) return true;
  if (role === "root") return false;
  if (role === "key") return char === ":";
  if (char === "}" || char === "]" || char === "#") return true;
  if (char === "/" && (text[next + 1] === "/" || text[next + 1] === "*")) return true;
  if (char === "+") return isQuote(text[skipSpace(text, next + 1)] ?? "");
  if (text.startsWith("```", next)) return true;
  if (char === ",") {
    const after = skipSpace(text, next + 1);
    const follows = text[after];
    if (
      follows === undefined ||
      follows === "}" ||
      follows === "]" ||
      follows === "/" ||
      follows === "#" ||
      follows === ","
    )
      return true;
    if (follows === "\u2026" || text.startsWith("...", after)) return true;
    return ahead(role === "field" ? KEY_AHEAD : ITEM_AHEAD, text, after);
  }
  if (next === at + 1) return false;
  if (role === "field") return (isQuote(char) || text.slice(at, next).includes("\n")) && ahead(KEY_AHEAD, text, next);
  return isQuote(char) || char === "{" || char === "[" || ahead(PLAIN_ITEM, text, next);
}

/** Whether the character before `at` is white space or there is none. */
export function startsWord(text: string, at: number): boolean {
  return at === 0 || isSpace(text.charCodeAt(at - 1));
}
