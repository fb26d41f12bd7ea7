import type { SparseRow } from "./ridge.js";

const WORD = /[\p{L}\p{N}_]+/gu;

/**
 * The words of a text and its pairs of neighbouring words, each hashed to one of `buckets` columns with a sign
 * (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"), so that no word of a training text has
 * to be kept. A gram that comes n times counts 1 + ln n. The row has length 1 but for collisions.
 */
export function hashNgrams(text: string, buckets: number): SparseRow {
  const counts = new Map<string, number>();
  let before = "";
  for (const word of text.toLowerCase().match(WORD) ?? []) {
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

/** FNV-1a over UTF-16 code units, finished so that its low bits depend on all others. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
