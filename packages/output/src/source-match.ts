/** How a value is looked up in its source. */
export type SourceForm = "text" | "address" | "amount";

/** Whether `value` occurs in one of the source's texts, or is the whole of one. */
export function occurs(value: string | number, texts: readonly string[], form: SourceForm, whole: boolean): boolean {
  switch (form) {
    case "text": {
      const wanted = plain(String(value));
      // An empty text stands in every text, so that it would say nothing to find it there.
      if (wanted === "") return texts.some((text) => plain(text) === "");
      return texts.some((text) => (whole ? plain(text) === wanted : containsWord(plain(text), wanted)));
    }
    case "address":
      return subset([plain(String(value))], texts.flatMap(addresses), texts, whole);
    case "amount": {
      const wanted = typeof value === "number" ? [{ number: value, currency: "" }] : amounts(value);
      if (wanted.length === 0) return false;
      const found = texts.flatMap(amounts);
      if (whole && found.length !== wanted.length) return false;
      return wanted.every((one) =>
        found.some(
          (other) =>
            other.number === one.number && (!one.currency || !other.currency || one.currency === other.currency),
        ),
      );
    }
  }
}

function subset(
  wanted: readonly string[],
  found: readonly string[],
  texts: readonly string[],
  whole: boolean,
): boolean {
  if (whole && texts.length === 1 && new Set(found).size !== wanted.length) return false;
  return wanted.every((one) => found.includes(one));
}

/** Compatible characters unified, typographic quotes and dashes made plain, white space collapsed, case dropped. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2010-\u2015]/g, "-")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

const WORD = /[\p{L}\p{N}]/u;

/** `needle` in `text`, neither end inside a word: 12 does not occur in 3120. */
function containsWord(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    const before = at === 0 ? "" : text[at - 1]!;
    const after = text[at + needle.length] ?? "";
    const cutsLeft = WORD.test(before) && WORD.test(needle[0]!);
    const cutsRight = WORD.test(after) && WORD.test(needle[needle.length - 1]!);
    if (!cutsLeft && !cutsRight) return true;
  }
  return false;
}

/**
 * E-mail addresses of a text, lower-cased, without the marks and quotes around them. What stands before `=` or in a URL
 * may or may not belong to one: then it is listed with and without. Cut at delimiters, so the work stays linear.
 */
function addresses(text: string): string[] {
  return plain(text)
    .split(/[\s<>()[\]",;:|]+/)
    .flatMap((piece) => {
      const parts = piece.split("@");
      return parts.slice(1).flatMap((part, index) => {
        const domain = /^[\p{L}\p{N}.-]*/u.exec(part)![0].replace(/[.-]{1,100}$/, "");
        // Behind another address, that one's domain is no part of this one.
        const before = index === 0 ? parts[0]! : parts[index]!.replace(/^[\p{L}\p{N}.-]+/u, "");
        const local = before.replace(/^[^\p{L}\p{N}_+-]+/u, "");
        const last = local.replace(/^(?:[^?&/]*[?&/])*(?:[a-z-]+=)?/, "");
        const locals = last.includes("=") ? [local] : [...new Set([local, last])];
        return domain === "" ? [] : locals.filter((one) => one !== "").map((one) => `${one}@${domain}`);
      });
    });
}

interface Amount {
  readonly number: number;
  /** ISO 4217 code, or empty where the text names none. */
  readonly currency: string;
}

const CURRENCIES: Readonly<Record<string, string>> = { $: "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR" };
const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  million: 1e6,
  bn: 1e9,
  b: 1e9,
  billion: 1e9,
};
/** A number with its currency and scale. It neither begins inside of a run of digits nor ends there. */
const AMOUNT =
  /(?<![\p{N}.,])(?:(?<!\p{L})([A-Z]{3})\s?|([$€£¥₹])\s?)?((?<![\p{L}\p{N}])-)?(\d[\d.,'\u00a0\u202f]{0,30}|\.\d{1,30})(?!\d)(?:(\s?)(thousand|million|billion|mn|bn|[kmb])(?![\p{L}\p{N}]))?(?:\s?([A-Z]{3})(?![\p{L}\p{N}])|\s?([€£¥₹]))?/giu;

/** Groups of thousands with blanks between them; each may as well be a number of its own. */
const SPACED = /(?<![\p{L}\p{N}.,])-?\d{1,3}(?: \d{3}){1,8}(?:[.,]\d{1,20})?(?![\p{L}\p{N}])/gu;

/** Numbers of a text as amounts; one that can be read in several ways is listed in all of them. */
function amounts(text: string): Amount[] {
  const found: Amount[] = [];
  for (const match of text.matchAll(AMOUNT)) {
    const [whole, before, sign, minus = "", digits = "", gap, scale, after, signAfter] = match;
    const code = [before, after].find((word) => word !== undefined && word === word.toUpperCase());
    const symbol = sign ?? signAfter;
    const currency = symbol !== undefined ? CURRENCIES[symbol]! : (code ?? "");
    const isInWord = currency === "" && scale === undefined && isInside(text, match.index, match.index + whole.length);
    if (isInWord) continue;
    const numbers = readings(minus + digits, currency !== "");
    const factor = scale === undefined ? 1 : SCALES[scale.toLowerCase()]!;
    for (const number of numbers) {
      found.push({ number: round(number * factor), currency });
      // One letter may as well be a unit: 5 m of cable.
      const isUnit = scale?.length === 1 && currency === "" && (gap !== "" || scale.toLowerCase() === "m");
      if (isUnit) found.push({ number, currency });
    }
  }
  for (const [digits] of text.matchAll(SPACED)) {
    for (const number of readings(digits.replaceAll(" ", ""), true))
      found.push({ number: round(number), currency: "" });
  }
  return found;
}

/** Whether letters stand on both sides, as in the code X12Y. */
function isInside(text: string, start: number, end: number): boolean {
  return LETTER.test(text[start - 1] ?? "") && LETTER.test(text[end] ?? "");
}

const LETTER = /\p{L}/u;

/**
 * The numbers that a run of digits and separators can mean: `1,234` is 1234, and 1.234 where commas are decimal; `3,4` is
 * 3.4, or 3 and 4 where nothing says that it is one number.
 */
function readings(digits: string, isOne: boolean): number[] {
  const bare = digits.replace(/['\u00a0\u202f]/g, "").replace(/[.,]{1,31}$/, "");
  const english = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^-?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$|^-?\d*(?:\.\d+)?$/.test(
    bare,
  );
  const continental = /^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$|^-?\d+,\d+$/.test(bare);
  const isList = !isOne && !english && /^-?\d+(?:,\d+)+$/.test(bare);
  const found: number[] = [];
  if (english) found.push(Number(bare.replaceAll(",", "")));
  if (continental) found.push(Number(bare.replaceAll(".", "").replace(",", ".")));
  if (isList) found.push(...bare.split(",").map(Number));
  return found;
}

function round(number: number): number {
  return Number(number.toPrecision(15));
}
