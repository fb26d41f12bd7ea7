import { steps } from "./steps.js";

type OnOdd = (kind: "comment" | "white_space", start: number, end: number) => void;

/**
 * Where white space and comments that start at `at` end. The end of its line is no part of a comment; an unclosed block
 * comment runs to the end of the text.
 *
 * @param onOdd hears of comments and of white space that JSON does not have
 */
export function skipBlank(text: string, at: number, onOdd?: OnOdd): number {
  let pos = at;
  while (pos < text.length) {
    const code = text.charCodeAt(pos);
    if (code === 32 || code === 10 || code === 13 || code === 9) {
      pos += 1;
      continue;
    }
    const isOddSpace = isSpace(code);
    const end = isOddSpace ? pos + 1 : commentEnd(text, pos, code);
    if (end === pos) break;
    onOdd?.(isOddSpace ? "white_space" : "comment", pos, end);
    pos = end;
  }
  steps.count += pos - at + 1;
  return pos;
}

/** Where white space that starts at `at` ends. */
export function skipSpace(text: string, at: number): number {
  let pos = at;
  while (pos < text.length && isSpace(text.charCodeAt(pos))) pos += 1;
  steps.count += pos - at + 1;
  return pos;
}

/** Whether a comment of any kind begins at `at`. */
export function isComment(text: string, at: number, code: number): boolean {
  if (code === 35) return true;
  if (code !== 47) return false;
  const next = text.charCodeAt(at + 1);
  return next === 47 || next === 42;
}

/** Where the comment at `at` ends: at `at` itself where none begins. */
function commentEnd(text: string, at: number, code: number): number {
  if (!isComment(text, at, code)) return at;
  return text.charCodeAt(at + 1) === 42 && code === 47 ? endOf(text, "*/", at + 2) : lineEnd(text, at);
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

/** JSON's white space and the wide, no-break and byte-order kinds that copying brings in. */
export function isSpace(code: number): boolean {
  if (code < 0xa0) return code === 32 || (code >= 9 && code <= 13);
  return (
    code === 0xa0 ||
    code === 0xfeff ||
    (code >= 0x2000 && code <= 0x200b) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}
