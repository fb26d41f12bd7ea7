/** Names and values of what is counted in one text; every name occurs in every text, in the same order. */
export type Signs = readonly (readonly [name: string, value: number])[];

const PATTERNS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["sentences", /[.!?](?=\s|$)/g],
  ["lines", /\n/g],
  ["commas", /,(?!\d)/g],
  ["questions", /\?/g],
  ["colons", /[:;]/g],
  ["quotes", /["“”]/g],
  ["brackets", /[([{]/g],
  ["operators", /[=<>^*/+]/g],
  ["numbers", /\d+(?:[.,]\d+)*/g],
  ["decimals", /\d\.\d/g],
  ["percentages", /%|\bpercent/gi],
  ["money", /[$€£]/g],
  ["fractions", /\d\/\d|\b(?:half|thirds?|quarters?|fifths?)\b/gi],
  ["comparisons", /\b(?:more|less|fewer|than|times|twice|as (?:many|much))\b/gi],
  ["rates", /\b(?:each|every|per)\b/gi],
  ["remainders", /\b(?:remaining|rest|left|total|altogether|average|difference|ratio)\b/gi],
  ["durations", /\b(?:hours?|minutes?|days?|weeks?|months?|years?)\b/gi],
  ["conditions", /\b(?:if|then|unless|suppose|assume)\b/gi],
  ["negations", /\b(?:not|no|never|except|false|incorrect|least)\b/gi],
  ["conjunctions", /\band\b/gi],
  ["names", /[a-z,] [A-Z][a-z]+/g],
  ["capitals", /\b[A-Z]{2,}\b/g],
];

// A list of lettered or numbered choices: "A. ", "(b) ", "3) " at the head of at least two lines.
const CHOICE = /^[ \t]*(?:\(?[A-Ea-e1-5][).])[ \t]/gm;

const GIVEN_CHOICES = ", given choices";

/** Whether a sign is read from the text, not a second reading of another for texts with choices. */
export function isPlain(name: string): boolean {
  return !name.endsWith(GIVEN_CHOICES);
}

/**
 * Cheap counts that say something about how hard a text is, on a logarithmic scale where they are unbounded. Every one
 * stands there twice: as it is, and again for texts with a list of choices, where it means something else.
 */
export function readSigns(text: string): Signs {
  const words = text.match(/[\p{L}\p{N}']+/gu) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const signs: [string, number][] = PATTERNS.map(([name, pattern]) => [
    name,
    Math.log1p(text.match(pattern)?.length ?? 0),
  ]);
  const sentences = Math.max(1, text.match(/[.!?](?=\s|$)/g)?.length ?? 0);
  signs.push(
    ["characters", Math.log1p(text.length)],
    ["length", text.length / 1_000],
    ["vocabulary", Math.log1p(new Set(words.map((word) => word.toLowerCase())).size)],
    ["wordLength", words.length === 0 ? 0 : letters / words.length],
    ["sentenceLength", Math.log1p(words.length / sentences)],
  );
  const choices = readChoices(text);
  const has = choices.count >= 2 ? 1 : 0;
  const doubled = signs.map(([name, value]): [string, number] => [`${name}${GIVEN_CHOICES}`, value * has]);
  const own = [
    ["choices", has],
    ["choice length", choices.length * has],
    ["choice spread", choices.spread * has],
    ["choices of numbers", choices.numeric * has],
    ["stem length", choices.stem * has],
    ["blanks", has * Math.min(1, text.match(/__+/g)?.length ?? 0)],
  ] as const;
  return [...signs, ...doubled, ...own];
}

interface Choices {
  readonly count: number;
  /** Logarithm of the mean of their characters. */
  readonly length: number;
  /** How many times longer the longest is than the shortest, as a logarithm. */
  readonly spread: number;
  /** Share of those that begin with a number. */
  readonly numeric: number;
  /** Logarithm of the characters before the first. */
  readonly stem: number;
}

function readChoices(text: string): Choices {
  const heads = [...text.matchAll(CHOICE)];
  const choices = heads.map((head) => text.slice(head.index + head[0].length).split("\n", 1)[0] ?? "");
  const lengths = choices.map((choice) => choice.length);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return {
    count: choices.length,
    length: Math.log1p(mean),
    spread: choices.length === 0 ? 0 : Math.log((1 + Math.max(...lengths)) / (1 + Math.min(...lengths))),
    numeric: choices.filter((choice) => /^[-$(]?\d/.test(choice)).length / Math.max(1, choices.length),
    stem: Math.log1p(heads[0]?.index ?? 0),
  };
}
