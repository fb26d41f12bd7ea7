/**
 * The one of `names` that `word` spells: without regard to case and to what separates words, and where that finds none, also
 * without regard to accents. Undefined where none or several do.
 *
 * @param names what may be spelled, and what it stands for; several names may stand for one thing
 */
export function spelled<T>(word: string, names: readonly (readonly [name: string, thing: T])[]): T | undefined {
  for (const fold of [foldCase, foldAccents]) {
    const wanted = fold(word);
    if (wanted === "") return undefined;
    const things = new Set(names.filter(([name]) => fold(name) === wanted).map(([, thing]) => thing));
    if (things.size > 0) return things.size === 1 ? [...things][0] : undefined;
  }
  return undefined;
}

/**
 * What separates words says nothing, and what may be a sign, a point or a grade does: `-` and `.` are dropped between two
 * letters only, and at the end a full stop; blanks and `_` everywhere but between two digits.
 */
function foldCase(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_.-]+/g, (run: string, at: number, whole: string) => {
      const before = whole[at - 1] ?? "";
      const after = whole[at + run.length] ?? "";
      if (LETTER.test(before) && (LETTER.test(after) || (after === "" && run.trim() === "."))) return "";
      const marks = run.replace(/[\s_]+/g, "");
      return marks === "" && DIGIT.test(before) && DIGIT.test(after) ? "_" : marks;
    });
}

/** Also half of a letter that takes two units. */
const LETTER = /[\p{L}\p{M}\ud800-\udfff]/u;
const DIGIT = /\p{N}/u;

function foldAccents(text: string): string {
  return foldCase(text)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ß", "ss");
}
