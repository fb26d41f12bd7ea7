/** Where white space and comments that start at `at` end. An unclosed block comment runs to the end of the text. */
export function skipBlank(text: string, at: number, onComment?: (start: number, end: number) => void): number {
  let pos = at;
  while (pos < text.length) {
    const code = text.charCodeAt(pos);
    if (isSpace(code)) {
      pos += 1;
      continue;
    }
    const start = pos;
    const next = text.charCodeAt(pos + 1);
    if (code === 35 || (code === 47 && next === 47)) pos = endOf(text, "\n", pos);
    else if (code === 47 && next === 42) pos = endOf(text, "*/", pos + 2);
    else break;
    onComment?.(start, pos);
  }
  return pos;
}

/** Where white space that starts at `at` ends. */
export function skipSpace(text: string, at: number): number {
  let pos = at;
  while (pos < text.length && isSpace(text.charCodeAt(pos))) pos += 1;
  return pos;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

/** JSON's white space and the wide, no-break and byte-order kinds that copying brings in. */
export function isSpace(code: number): boolean {
  return (
    code === 32 ||
    (code >= 9 && code <= 13) ||
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
