/** What is cheap to see of a request and says something about how hard it is. */
export interface RequestFeatures {
  /** Estimated as a third of the characters: English has about 4 a token, other languages fewer. */
  readonly tokens: number;
  readonly questions: number;
  readonly numbers: number;
  readonly hasCode: boolean;
  /** Different words that ask for more than looking up or sorting: explain, compare, prove. */
  readonly reasoningWords: number;
  /** Whether the features mean anything: there is text, and most of its letters are Latin. */
  readonly isReadable: boolean;
}

// Enough to judge a text by, and a bound on the work for a text of any length.
const SAMPLE_CHARACTERS = 16_000;

const REASONING =
  /\b(?:why|explain|compare|contrast|prove|derive|analy[sz]e|evaluate|justify|refactor|debug|optimi[sz]e|trade-?offs?|step by step)\b/gi;

// A fence, the head or end of a block, a declaration, a query. Prose and mail headers have lines that end in ";".
const CODE =
  /```|[{}]\r?$|\);\r?$|^[ \t]*(?:def \w+\(|class \w+[:({ ]*[:({]|(?:const|let|var) \w+ ?=|function \w*\(|#include )|\bSELECT [^\n]{1,200} FROM /m;

export function readFeatures(text: string): RequestFeatures {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const letters = count(sample, /\p{L}/gu);
  return {
    tokens: Math.ceil(text.length / 3),
    questions: count(sample, /[?？]/g),
    numbers: count(sample, /\d+(?:[.,]\d+)*/g),
    hasCode: CODE.test(sample),
    reasoningWords: new Set(sample.match(REASONING)?.map((word) => word.toLowerCase())).size,
    isReadable: letters > 0 && count(sample, /\p{Script=Latin}/gu) >= letters / 2,
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
