import type { SparseRow } from "./ridge.js";

const WORD = /[\p{L}\p{N}_]+/gu;
const FIRST_CHOICE = /^[ \t]*\(?[A-Ea-e1-5][).][ \t]/m;

/**
 * The words of a text and its pairs of neighbouring words, each hashed to one of `buckets` columns with a sign
 * (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"), so that no word of a training text has
 * to be kept; and the words that it begins and ends with. A gram that comes n times counts 1 + ln n. The row has length 1 but for collisions.
 */
export function hashNgrams(text: string, buckets: number): SparseRow {
  const counts = new Map<string, number>();
  for (const gram of frame(text)) counts.set(gram, FRAME_COUNT);
  let before = "";
  for (const word of wordsOf(text)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    const pair = `${before} ${word}`;
    if (before !== "") counts.set(pair, (counts.get(pair) ?? 0) + 1);
    before = word;
  }
  const sums = new Map<number, number>();
  let square = 0;
  for (const [gram, count] of counts) {
    const value = 1 + Math.log(count);
    square += value * value;
    const hash = fnv1a(gram);
    const column = (hash >>> 1) % buckets;
    sums.set(column, (sums.get(column) ?? 0) + (hash & 1 ? value : -value));
  }
  const norm = Math.sqrt(square) || 1;
  return { columns: [...sums.keys()], values: [...sums.values()].map((value) => value / norm) };
}

// How a question begins and ends says what kind of question it is: as much as a word that comes three times.
const FRAME_COUNT = 3;

/** The first one, two and three words and the last one and two, of what stands before a list of choices. */
function frame(text: string): string[] {
  const choice = FIRST_CHOICE.exec(text);
  const words = wordsOf(choice ? text.slice(0, choice.index) : text);
  if (words.length === 0) return [];
  const starts = [1, 2, 3].map((count) => `^${words.slice(0, count).join(" ")}`);
  return [...starts, ...[1, 2].map((count) => `$${words.slice(-count).join(" ")}`)];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** FNV-1a over UTF-16 code units, finished so that its low bits depend on all others. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
