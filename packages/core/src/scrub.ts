import type { Withheld } from "@armature/contracts";

/**
 * Puts the replacement in the place of every text that a guard took out, wherever it still stands: a model's raw answer
 * holds in JSON's spelling what the redacted value no longer holds.
 */
export function scrub<T>(value: T, withheld: readonly Withheld[]): T {
  if (withheld.length === 0) return value;
  // Longest first: a text that holds another one goes as a whole.
  const spellings = withheld
    .flatMap(({ text, replacement }) => [
      { text, replacement },
      { text: JSON.stringify(text).slice(1, -1), replacement: JSON.stringify(replacement).slice(1, -1) },
    ])
    .sort((a, b) => b.text.length - a.text.length);
  const visit = (current: unknown): unknown => {
    if (typeof current === "string") {
      return spellings.reduce((left, { text, replacement }) => left.replaceAll(text, () => replacement), current);
    }
    if (Array.isArray(current)) return current.map(visit);
    if (current === null || typeof current !== "object") return current;
    return Object.fromEntries(Object.entries(current).map(([key, item]) => [key, visit(item)]));
  };
  return visit(value) as T;
}
