/** How a value is looked up in its source. */
export type SourceForm = "text" | "address" | "amount";

/** Whether `value` occurs in one of the source's texts, or is the whole of one. */
export function occurs(value: string | number, texts: readonly string[], form: SourceForm, whole: boolean): boolean {
  switch (form) {
    case "text": {
      const wanted = plain(String(value));
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
  if (needle === "") return true;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    const before = at === 0 ? "" : text[at - 1]!;
    const after = text[at + needle.length] ?? "";
    const cutsLeft = WORD.test(before) && WORD.test(needle[0]!);
    const cutsRight = WORD.test(after) && WORD.test(needle[needle.length - 1]!);
    if (!cutsLeft && !cutsRight) return true;
  }
  return false;
}

/** E-mail addresses of a text, lower-cased. Split at delimiters first, so the work stays linear. */
function addresses(text: string): string[] {
  return plain(text)
    .split(/[\s<>()[\]",;:]+/)
    .map((piece) => piece.replace(/^['.]+|['.]+$/g, ""))
    .filter((piece) => piece.indexOf("@") > 0 && piece.indexOf("@") < piece.length - 1);
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
const AMOUNT =
  /(?:([A-Z]{3})\s?|([$€£¥₹])\s?)?(-?\d[\d.,'\u00a0\u202f]{0,30})(?:\s?(k|thousand|mn|m|million|bn|b|billion)\b)?(?:\s?([A-Z]{3})\b|\s?([€£¥₹]))?/gi;

/** Numbers of a text as amounts; one that can be read in two ways is listed in both. */
function amounts(text: string): Amount[] {
  const found: Amount[] = [];
  for (const match of text.matchAll(AMOUNT)) {
    const code = [match[1], match[5]].find((word) => word !== undefined && word === word.toUpperCase());
    const symbol = match[2] ?? match[6];
    const currency = symbol !== undefined ? CURRENCIES[symbol]! : (code ?? "");
    const scale = match[4] === undefined ? 1 : SCALES[match[4].toLowerCase()]!;
    for (const number of readings(match[3]!)) found.push({ number: round(number * scale), currency });
  }
  return found;
}

/** The numbers that a run of digits and separators can mean: `1,234` is 1234, and 1.234 where commas are decimal. */
function readings(digits: string): number[] {
  const bare = digits.replace(/['\u00a0\u202f]/g, "").replace(/[.,]+$/, "");
  const english = /^-?\d{1,3}(,\d{2,3})*(\.\d+)?$|^-?\d+(\.\d+)?$/.test(bare);
  const continental = /^-?\d{1,3}(\.\d{3})+(,\d+)?$|^-?\d+,\d+$/.test(bare);
  const found: number[] = [];
  if (english) found.push(Number(bare.replaceAll(",", "")));
  if (continental) found.push(Number(bare.replaceAll(".", "").replace(",", ".")));
  return found;
}

function round(number: number): number {
  return Number(number.toPrecision(15));
}
