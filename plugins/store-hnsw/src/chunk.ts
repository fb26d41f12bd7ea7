import type { Span } from "@armature/contracts";

// In the order of preference: where a passage may end without tearing a thought apart.
const BOUNDS = [/\n[^\S\n]*\n/g, /[.!?…。！？]["'”’)\]]?(?=\s)/g, /\n/g, /\s/g];
// A bound nearer to the start than this part of the limit would leave a crumb.
const LEAST_PART = 0.4;

/**
 * Cuts a text into passages of at most `maxChars` UTF-16 units: at a paragraph's end if one is near, else a sentence's,
 * a line's or a word's. Blanks around passages are left out, so every blank-free part of the text is in exactly one.
 */
export function chunk(text: string, maxChars: number): Span[] {
  const spans: Span[] = [];
  let start = skipBlanks(text, 0);
  while (start < text.length) {
    const end = text.length - start <= maxChars ? text.length : cut(text, start, maxChars);
    spans.push({ start, end: start + text.slice(start, end).trimEnd().length });
    start = skipBlanks(text, end);
  }
  return spans;
}

function cut(text: string, start: number, maxChars: number): number {
  const window = text.slice(start, start + maxChars + 1);
  for (const bound of BOUNDS) {
    let end = 0;
    for (const match of window.matchAll(bound)) {
      const after = match.index + match[0].length;
      if (after <= maxChars) end = after;
    }
    if (end >= maxChars * LEAST_PART) return start + end;
  }
  const last = text.charCodeAt(start + maxChars - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return start + maxChars - (splitsPair && maxChars > 1 ? 1 : 0);
}

function skipBlanks(text: string, from: number): number {
  const blank = /\S/g;
  blank.lastIndex = from;
  return blank.exec(text)?.index ?? text.length;
}
