import type { JsonValue } from "@armature/contracts";
import { changesOf } from "./scan/dialect.js";
import type { Reading } from "./scan/node.js";

/** Characters on each side of a candidate that are looked at. */
const AROUND = 80;

/** What introduces a value on its line: nothing, a colon, an equals sign, an arrow, a tag, a code mark, a call's bracket. */
const INTRODUCED = /(?:^|[:：=>`→]|^\s*[\w$.]+\s*\()[\s*_"']*$/u;

/** What may follow one on its line: nothing but marks, a comment, a tag or a code mark. */
const FINISHED = /^[\s*_"'.,;!)]*(?:$|[<`]|\/\/|\/\*|#)/u;

const WORD = /[\p{L}\p{N}]/u;

/**
 * Whether brackets belong to the sentence that they stand in: a citation `[1]`, a link, a box `[x]`, a set, an empty
 * block of code. A list of scalars and empty brackets do, unless they are introduced and no words follow them on their
 * line; an object of bare words does, unless it is introduced. What holds a quoted key or value is meant as JSON wherever
 * it stands, and so is what no words stand beside.
 */
export function isAside(reading: Reading): boolean {
  const { text, node } = reading;
  // A comment of several lines is no word of a sentence, and other brackets are judged by themselves.
  const before = /[^\n\]}]*$/.exec(text.slice(Math.max(0, node.start - AROUND), node.start).replace(/.*\*\//s, ""))![0];
  const after = /^[^\n[{\]}]*/.exec(text.slice(node.end, node.end + AROUND))![0];
  const isLed = WORD.test(before) && !INTRODUCED.test(before);
  const isFollowed = WORD.test(after) && !FINISHED.test(after);
  if (!isLed && !isFollowed) return false;
  if (reading.weak || isScalarList(node.value)) return true;
  return isLed && changesOf(reading).some(({ kind }) => kind === "bare_string");
}

function isScalarList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
}
