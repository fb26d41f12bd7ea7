import type { Detection, Detector } from "../detector.js";
import { type DigitGroup, digitGroups, isEmbedded } from "../digit-groups.js";

/** Payment card numbers: a known issuer range, a length of that range, and the Luhn sum (ISO/IEC 7812-1). */
export const card: Detector = {
  label: "CARD",
  fewestDigits: 12,
  detect(text) {
    const groups = digitGroups(text);
    const found: Detection[] = [];
    for (let first = 0; first < groups.length; ) {
      const last = lastGroupOfCard(text, groups, first);
      if (last === undefined) {
        first++;
        continue;
      }
      found.push({ start: groups[first]!.start, end: groups[last]!.end, score: 1 });
      first = last + 1;
    }
    return found;
  },
};

/** The longest run of groups from `first` on that is a card number. */
function lastGroupOfCard(text: string, groups: readonly DigitGroup[], first: number): number | undefined {
  let digits = "";
  let best: number | undefined;
  for (let at = first; at < groups.length; at++) {
    const group = groups[at]!;
    if (at > first && !continues(text, groups, first, at)) break;
    if (digits.length + group.digits.length > 19) break;
    digits += group.digits;
    if (isCard(digits) && !isEmbedded(text, { start: groups[first]!.start, end: group.end })) best = at;
  }
  return best;
}

function continues(text: string, groups: readonly DigitGroup[], first: number, at: number): boolean {
  // Divided numbers are printed in groups from four digits on, one blank or dash between them.
  if (groups[first]!.digits.length !== 4 || groups[at]!.digits.length > 6) return false;
  const gap = text.slice(groups[at - 1]!.end, groups[at]!.start);
  return gap === " " || gap === "-";
}

// Issuer identification ranges of the large networks and the lengths they use.
const RANGES: readonly { prefix: RegExp; lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^3(?:0[0-59]|[689])/, lengths: [14, 16, 19] },
  { prefix: /^(?:6011|64[4-9]|65|62|60|81)/, lengths: [16, 17, 18, 19] },
  { prefix: /^35/, lengths: [16, 17, 18, 19] },
  { prefix: /^(?:1800|2131)/, lengths: [15] },
  { prefix: /^(?:50|5[6-9]|6)/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
];

function isCard(digits: string): boolean {
  return RANGES.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) && luhn(digits);
}

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum of digits a multiple of ten. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
