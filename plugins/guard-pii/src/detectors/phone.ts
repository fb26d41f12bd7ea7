import type { Detection, Detector } from "../detector.js";
import { type DigitGroup, digitGroups } from "../digit-groups.js";

const GAP = /^(?:[ .-]|\) ?|\)-| ?\(| - )$/;
const EXTENSION = /^ ?(?:x|ext\.?|extension) ?\d{1,6}(?!\d)/i;
const NAMED_BEFORE = /\b(?:phone|tel|call|cell|mobile|fax|whatsapp|sms|text (?:me|us)|messages? to|dial|reach|ring)/i;
const NAMED_AFTER = /^[ (-]{0,3}(?:office|fax|mobile|cell|home|work|tel|phone)\b/i;
const NAME_REACH = 40;
const MAX_GROUPS = 8;
const NORTH_AMERICAN = /^(?:[13]-)?3-3-4$/;

/** Telephone numbers: international, North American and national forms as they are; looser ones beside a word for it. */
export const phone: Detector = {
  label: "PHONE",
  fewestDigits: 6,
  detect(text) {
    const found: Detection[] = [];
    const groups = digitGroups(text);
    for (let first = 0; first < groups.length; ) {
      let length = 1;
      while (length < MAX_GROUPS && isJoined(text, groups[first + length - 1]!, groups[first + length])) length++;
      const run = groups.slice(first, first + length);
      const detection = judge(text, run) ?? judgeParts(text, run);
      if (detection) found.push(detection);
      first += length;
    }
    return found;
  },
};

function isJoined(text: string, group: DigitGroup, next: DigitGroup | undefined): boolean {
  return next !== undefined && next.start - group.end <= 3 && GAP.test(text.slice(group.end, next.start));
}

/** A whole number between blanks inside a longer run: `Apt 12 541-714-1388`. Only a form that needs no word for it. */
function judgeParts(text: string, run: readonly DigitGroup[]): Detection | undefined {
  for (let from = 0; from + 3 <= run.length; from++) {
    const part = run.slice(from, from + 3);
    const before = from === 0 ? " " : text.slice(run[from - 1]!.end, part[0]!.start);
    const after = text[part[2]!.end] ?? " ";
    if (!before.startsWith(" ") || after === "-" || !NORTH_AMERICAN.test(sizesOf(part))) continue;
    const detection = judge(text, part);
    if (detection) return detection;
  }
  return undefined;
}

function judge(text: string, groups: readonly DigitGroup[]): Detection | undefined {
  const first = groups[0]!;
  const end = groups.at(-1)!.end;
  const digits = groups.map((group) => group.digits).join("");
  if (digits.length < 6 || digits.length > 15) return undefined;
  const opens = text[first.start - 1] === "(" ? 1 : 0;
  const isInternational = text[first.start - 1 - opens] === "+";
  const start = first.start - opens - (isInternational ? 1 : 0);
  // Part of a word, an amount, a fraction, a time or a path.
  if (/[\p{L}\p{N}_$€£#]/u.test(text[start - 1] ?? " ")) return undefined;
  if (/^[.,:/]\d|^%/.test(text.slice(end, end + 2))) return undefined;
  const extension = EXTENSION.exec(text.slice(end, end + 20))?.[0].length ?? 0;
  if (extension === 0 && /[\p{L}_]/u.test(text[end] ?? " ")) return undefined;
  const score = rate({
    digits,
    sizes: sizesOf(groups),
    isInternational,
    hasAreaCode: opens === 1 && text[first.end] === ")",
    isNamed:
      NAMED_BEFORE.test(text.slice(Math.max(0, start - NAME_REACH), start)) ||
      NAMED_AFTER.test(text.slice(end, end + NAME_REACH)),
  });
  return score === undefined ? undefined : { start, end: end + extension, score };
}

/** Sizes of the groups: `3-3-4`. */
function sizesOf(groups: readonly DigitGroup[]): string {
  return groups.map((group) => group.digits.length).join("-");
}

interface Shape {
  readonly digits: string;
  readonly sizes: string;
  /** A plus stands in front. */
  readonly isInternational: boolean;
  /** The first group is in parentheses. */
  readonly hasAreaCode: boolean;
  /** A word for telephone stands beside it. */
  readonly isNamed: boolean;
}

function rate({ digits, sizes, isInternational, hasAreaCode, isNamed }: Shape): number | undefined {
  if (isInternational) return digits.length >= 8 ? 0.9 : undefined;
  if (isDate(digits, sizes)) return undefined;
  if (NORTH_AMERICAN.test(sizes)) return 0.8;
  const isGrouped = sizes.includes("-");
  if (hasAreaCode && isGrouped && digits.length >= 7) return 0.7;
  if (/^00[1-9]/.test(digits) && digits.length >= 10) return 0.7;
  if (/^0[1-9]/.test(digits) && isGrouped && digits.length >= 8 && digits.length <= 11) return 0.7;
  if (!isNamed) return undefined;
  if (isGrouped) return 0.6;
  return digits.length >= 7 && digits.length <= 12 ? 0.5 : undefined;
}

/** Year, month and day in either order, with or without an hour behind them. */
function isDate(digits: string, sizes: string): boolean {
  if (/^4-2-2(?:-2)?$/.test(sizes)) return /^(?:19|20)\d\d(?:0\d|1[0-2])[0-3]/.test(digits);
  return /^[12]-[12]-4$/.test(sizes) && /(?:19|20)\d\d$/.test(digits);
}
