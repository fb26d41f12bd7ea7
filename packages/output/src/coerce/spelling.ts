/**
 * The one of `names` that `word` spells: without regard to case, white space and `_-.`, and where that finds none, also
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

function foldCase(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_.-]+/g, "");
}

function foldAccents(text: string): string {
  return foldCase(text)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ß", "ss");
}
