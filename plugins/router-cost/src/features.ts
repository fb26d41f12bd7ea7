/** What is cheap to see of a request and says something about how hard it is. */
export interface RequestFeatures {
  /** Estimated as a third of the characters: English has about 4 a token, other languages fewer. */
  readonly tokens: number;
  readonly questions: number;
  readonly numbers: number;
  readonly hasCode: boolean;
  /** Different words that ask for more than looking up or sorting: explain, compare, prove. */
  readonly reasoningWords: number;
  /** Words that turn a statement round, and are easily read over: not, except, false. */
  readonly negations: number;
  /** Capitalised words inside of sentences: people and things to tell apart. */
  readonly names: number;
  /** Commas outside of numbers: how much one sentence strings together. */
  readonly commas: number;
  /** Whether the features mean anything: there is text, and most of its letters are Latin. */
  readonly isReadable: boolean;
}

// Enough to judge a text by, and a bound on the work for a text of any length.
const SAMPLE_CHARACTERS = 8_000;
const SCRIPT_CHARACTERS = 2_000;

const REASONING =
  /\b(?:why|explain|compare|contrast|prove|derive|analy[sz]e|evaluate|justify|refactor|debug|optimi[sz]e|trade-?offs?|step by step)\b/gi;

const NEGATION = /\b(?:not|no|never|except|unless|neither|nor|false|incorrect|least)\b/gi;
const NAME = /[a-z,] [A-Z][a-z]+/g;
const COMMA = /,(?!\d)/g;

// A fence, the head or end of a block, a declaration, a query. Prose and mail headers have lines that end in ";".
const CODE =
  /```|[{}]\r?$|\);\r?$|^[ \t]*(?:def \w+\(|class \w+[:({ ]*[:({]|(?:const|let|var) \w+ ?=|function \w*\(|#include )|\bSELECT [^\n]{1,200} FROM /m;

// Where a question ends: not the marks inside of addresses and encoded headers.
const QUESTION = /\?(?=["'”’)\]]{0,2}(?:\s|$))|？/g;

export function readFeatures(text: string): RequestFeatures {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  return {
    tokens: Math.ceil(text.length / 3),
    questions: sample.match(QUESTION)?.length ?? 0,
    numbers: countNumbers(sample),
    hasCode: CODE.test(sample),
    reasoningWords: new Set(sample.match(REASONING)?.map((word) => word.toLowerCase())).size,
    negations: sample.match(NEGATION)?.length ?? 0,
    names: sample.match(NAME)?.length ?? 0,
    commas: sample.match(COMMA)?.length ?? 0,
    isReadable: isMostlyLatin(sample),
  };
}

/** Runs of digits; a point or comma between digits does not end one. */
function countNumbers(text: string): number {
  let numbers = 0;
  for (let index = 0; index < text.length; index++) {
    if (!isDigit(text.charCodeAt(index)) || isDigit(text.charCodeAt(index - 1))) continue;
    const separator = text[index - 1];
    const continues = (separator === "." || separator === ",") && isDigit(text.charCodeAt(index - 2));
    if (!continues) numbers++;
  }
  return numbers;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Asks the tables of Unicode only about what is not ASCII: this runs before every call. */
function isMostlyLatin(text: string): boolean {
  let latin = 0;
  let other = 0;
  for (const character of text.slice(0, SCRIPT_CHARACTERS)) {
    const code = character.charCodeAt(0);
    if (code < 128) {
      const lower = code | 32;
      if (lower >= 97 && lower <= 122) latin++;
    } else if (/\p{Script=Latin}/u.test(character)) latin++;
    else if (/\p{L}/u.test(character)) other++;
  }
  return latin > 0 && latin >= other;
}
