/**
 * How models begin when they decline, in the languages in which they mostly do. Asked only of text that holds no JSON at
 * all: what is not known here ends as an answer without JSON, never as a value.
 */
const DECLINES = [
  /^(?:i['’]?m|i am) (?:very |really |so |terribly )?(?:sorry|afraid|unable|not able|not comfortable|not allowed|not permitted)\b/,
  /^(?:very |so )?sorry\b(?:[,.!:;]| but| i\b|$)/,
  /^(?:my|please accept my|with my) (?:sincere )?apologies\b|^i (?:sincerely )?apologi[sz]e\b|^apologies\b/,
  /^(?:unfortunately|regrettably)\b/,
  /^i (?:can ?no|can['’]?)t\b|^i (?:cannot|could not|couldn['’]?t|won['’]?t|will not|must (?:respectfully )?decline|have to decline|do not feel|don['’]?t feel|refuse|regret)\b/,
  /^(?:as|being) an? (?:ai|artificial|large language|language model)\b/,
  /^(?:this|that|your) (?:request|content|prompt|question) (?:violates|goes against|is against|cannot be|can['’]?t be)\b/,
  /^es tut mir leid|^tut mir leid|^leider|^ich kann (?:ihnen |dir |das |dabei |diese[rsn]? )?.{0,40}nicht/,
  /^(?:je suis )?désolée?|^je (?:ne peux|suis (?:dans l['’]incapacité|incapable))/,
  /^lo siento|^lamentablemente|^no puedo\b/,
  /^mi dispiace|^non posso\b|^desculpe|^sinto muito|^(?:eu )?não posso\b/,
  /^(?:很?抱歉|对不起|對不起|我(?:无法|無法|不能))|^申し訳|^(?:죄송|미안)/,
];

/** Whether a text without JSON reads as the model declining. */
export function declines(text: string): boolean {
  const start = text
    .slice(0, 400)
    .replace(/^[^\p{L}]+/u, "")
    .toLowerCase();
  return DECLINES.some((pattern) => pattern.test(start));
}
