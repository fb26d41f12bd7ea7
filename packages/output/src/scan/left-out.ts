/** Words that stand for what was not written. */
const LEFT_OUT =
  /^(?:(?:and )?(?:etc|so (?:on|forth))|and (?:\d+|many|several|some) (?:more|others?)\b.*|and (?:more|others))[.!)]*$/i;
const OMITTED = /\b(?:omitted|truncated|abbreviated|left out|for brevity)\b/i;
const THE_REST = /^(?:\d+ |the |and |add |many )*(?:more|others|rest|remaining)\b/i;

/** Whether a word without quotes says that something was left out. */
export function isLeftOut(word: string): boolean {
  return word.startsWith("...") || word.startsWith("\u2026") || LEFT_OUT.test(word);
}

/** Whether a comment does. */
export function tellsOmission(comment: string): boolean {
  const words = comment
    .slice(0, 200)
    .replace(/^(?:#+|\/\/+|\/\*+)|\*+\/$/g, "")
    .trim();
  return isLeftOut(words) || OMITTED.test(words) || THE_REST.test(words);
}
