import type { Span } from "@armature/contracts";

/** A maximal run of digits. */
export interface DigitGroup extends Span {
  readonly digits: string;
}

const DIGITS = /\d+/g;

/** Every maximal run of digits, in order. */
export function digitGroups(text: string): DigitGroup[] {
  return Array.from(text.matchAll(DIGITS), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    digits: match[0],
  }));
}

const WORD = /[\p{L}\p{N}_]/u;

/** Whether a letter, digit or underscore touches the span, so that it is a part of something longer. */
export function isEmbedded(text: string, { start, end }: Span): boolean {
  return WORD.test(text[start - 1] ?? " ") || WORD.test(text[end] ?? " ");
}
