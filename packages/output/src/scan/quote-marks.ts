/** Every mark that models write to begin a string, and those that may end what it began. */
const CLOSERS: ReadonlyMap<number, string> = new Map([
  [34, '"'],
  [39, "'"],
  [96, "`"],
  [0x201c, '\u201d\u201c"'],
  [0x201d, '\u201d"'],
  [0x201e, '\u201c\u201d"'],
  [0x2018, "\u2019\u2018'"],
  [0x2019, "\u2019'"],
]);

export function closersOf(quote: number): string {
  return CLOSERS.get(quote)!;
}

export function isQuoteCode(code: number): boolean {
  if (code < 97) return code === 34 || code === 39 || code === 96;
  return code >= 0x2018 && code <= 0x201e && CLOSERS.has(code);
}
