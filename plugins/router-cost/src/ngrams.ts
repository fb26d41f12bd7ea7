import type { SparseRow } from "./ridge.js";

const WORD = /[\p{L}\p{N}_]+/gu;
const LENGTHS = [3, 4];

/**
 * The runs of three and of four characters in the words of a text, a word's ends among them: they stand for stems and
 * endings, and so for words that training never met. Each is hashed to one of `buckets` columns with a sign (Weinberger et
 * al. 2009, "Feature Hashing for Large Scale Multitask Learning"), so that nothing of a training text has to be kept. A
 * gram that comes n times counts 1 + ln n. The row has length 1 but for collisions.
 */
export function hashNgrams(text: string, buckets: number): SparseRow {
  const counts = new Map<number, number>();
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    const bounded = ` ${word} `;
    for (const length of LENGTHS) {
      for (let start = 0; start + length <= bounded.length; start++) {
        const hash = fnv1a(bounded, start, start + length);
        counts.set(hash, (counts.get(hash) ?? 0) + 1);
      }
    }
  }
  const sums = new Map<number, number>();
  let square = 0;
  for (const [hash, count] of counts) {
    const value = 1 + Math.log(count);
    square += value * value;
    const column = (hash >>> 1) % buckets;
    sums.set(column, (sums.get(column) ?? 0) + (hash & 1 ? value : -value));
  }
  const norm = Math.sqrt(square) || 1;
  return { columns: [...sums.keys()], values: [...sums.values()].map((value) => value / norm) };
}

/** FNV-1a over UTF-16 code units, finished so that its low bits depend on all others. */
function fnv1a(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
