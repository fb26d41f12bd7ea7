import { isSpace, skipSpace } from "./blank.js";

/** Where a string stands, which decides what may follow its closing quote. */
export type Role = "key" | "field" | "item";

export interface Quoted {
  readonly value: string;
  /** After the closing quote, or the end of the text. */
  readonly end: number;
  readonly closed: boolean;
  /** The departures from JSON that were met, each once. */
  readonly oddities: ReadonlySet<string>;
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

export function isQuote(char: string): boolean {
  return Object.hasOwn(CLOSERS, char);
}

/** Reads the string whose opening quote is at `at`. */
export function readQuoted(text: string, at: number, role: Role): Quoted {
  const quote = text[at]!;
  const closers = CLOSERS[quote]!;
  const oddities = new Set<string>();
  if (quote !== '"') oddities.add("quotes");
  const literalBackslash = isBrokenPath(text, at + 1);
  let value = "";
  let from = at + 1;
  let pos = from;
  while (pos < text.length) {
    const char = text[pos]!;
    if (char === "\\" && !literalBackslash) {
      value += text.slice(from, pos);
      const escaped = readEscape(text, pos, oddities);
      value += escaped.value;
      pos = escaped.end;
      from = pos;
    } else if (closers.includes(char)) {
      if (closesAt(text, pos, role)) {
        if (literalBackslash) oddities.add("backslash");
        return { value: value + text.slice(from, pos), end: pos + 1, closed: true, oddities };
      }
      oddities.add("unescaped_quote");
      pos += 1;
    } else {
      if (char < " ") oddities.add("raw_control");
      pos += 1;
    }
  }
  return { value: value + text.slice(from), end: text.length, closed: false, oddities };
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
  const head = text.slice(at, at + 260);
  if (!/^[A-Za-z]:\\(?!\\)/.test(head)) return false;
  const path = /^[^"\n]*/.exec(head)![0];
  return /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(path) && !path.includes("\\\\");
}

const KEY_AHEAD =
  /(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[“”][^“”\n]{0,200}[”“]|[\p{L}_$][\p{L}\p{N}_$-]{0,100})\s{0,20}:/uy;
const ITEM_AHEAD = /["'`“‘„\d.\-[\]{]|true\b|false\b|null\b|True\b|False\b|None\b|\p{L}|$/uy;

function ahead(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Whether a quote at `at` ends the string: what follows must be what can follow a string there. */
function closesAt(text: string, at: number, role: Role): boolean {
  const next = skipSpace(text, at + 1);
  const char = text[next];
  if (char === undefined) return true;
  if (role === "key") return char === ":";
  if (char === "}" || char === "]") return true;
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
    return ahead(role === "field" ? KEY_AHEAD : ITEM_AHEAD, text, after);
  }
  if (next === at + 1) return false;
  if (role === "field") return (isQuote(char) || text.slice(at, next).includes("\n")) && ahead(KEY_AHEAD, text, next);
  return isQuote(char) || char === "{" || char === "[";
}

/** Whether the character before `at` is white space or there is none. */
export function startsWord(text: string, at: number): boolean {
  return at === 0 || isSpace(text.charCodeAt(at - 1));
}
