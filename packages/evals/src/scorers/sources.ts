import type { JsonValue } from "@armature/contracts";
import { type ScoreRequest, type Scorer, scorerOf } from "./scorer.js";
import { read, type TextOptions } from "./texts.js";

export interface Source {
  readonly id: string;
  readonly text: string;
}

export interface Citation {
  /** Of a source. */
  readonly id: string;
  /** Words that must stand in it; white space and case aside. */
  readonly quote?: string;
}

export interface SourceOptions extends TextOptions {
  /** What the answer may lean on; by default the passages that the record says were put into the prompt. */
  sources?(request: ScoreRequest): readonly Source[];
}

/**
 * The share of an answer's citations that are valid: the source exists, and the quote, where there is one, stands in
 * it. Citations are `[id]` marks in the text unless `cited` reads them from elsewhere. An answer without any scores 0.
 */
export function citations({
  field,
  sources = passagesOf,
  cited = (output: JsonValue) => marksIn(read(output, field)),
  ...options
}: SourceOptions & { cited?(output: JsonValue): readonly Citation[] } = {}): Scorer {
  return scorerOf("citations", options, (output, request) => {
    const found = cited(output);
    if (found.length === 0) return { score: 0, note: "it cites nothing" };
    const known = new Map(sources(request).map(({ id, text }) => [id, squeeze(text)]));
    const wrong = found.filter(({ id, quote }) => !known.get(id)?.includes(squeeze(quote ?? "")));
    const note = wrong.length > 0 && { note: `not valid: ${wrong.map(({ id }) => id).join(", ")}` };
    return { score: 1 - wrong.length / found.length, ...note };
  });
}

/**
 * The share of an answer's sentences that one source carries: every number of the sentence stands in it, and at least
 * `overlap` (0.6) of its words of four letters or more. It compares words, not meaning: a judge is for the rest.
 */
export function groundedness({
  field,
  sources = passagesOf,
  overlap = 0.6,
  ...options
}: SourceOptions & { overlap?: number } = {}): Scorer {
  return scorerOf("groundedness", options, (output, request) => {
    const known = sources(request).map(({ text }) => new Set(wordsOf(text)));
    const sentences = sentencesOf(read(output, field)).filter((sentence) => contentWords(sentence).length > 0);
    if (sentences.length === 0) return { score: 0, note: "it says nothing" };
    const loose = sentences.filter((sentence) => {
      const words = contentWords(sentence);
      const numbers = words.filter((word) => /\d/.test(word));
      return !known.some((source) => {
        const shared = words.filter((word) => source.has(word)).length;
        return numbers.every((number) => source.has(number)) && shared >= overlap * words.length;
      });
    });
    const note = loose.length > 0 && { note: `in no source: "${loose[0]}"` };
    return { score: 1 - loose.length / sentences.length, ...note };
  });
}

function passagesOf({ record }: ScoreRequest): readonly Source[] {
  return record?.state.retrieval?.passages ?? [];
}

function marksIn(text: string): Citation[] {
  return [...text.matchAll(/\[([^[\]\s]+)\]/g)].map(([, id]) => ({ id: id! }));
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}

function sentencesOf(text: string): string[] {
  return text
    .replace(/\[[^[\]\s]+\]/g, "")
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim());
}

function contentWords(sentence: string): string[] {
  return wordsOf(sentence).filter((word) => word.length >= 4 || /\d/.test(word));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\d+(?:[.,]\d+)*|\p{L}+/gu) ?? [];
}
