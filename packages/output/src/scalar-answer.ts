import type { Issue, JsonValue, Span } from "@armature/contracts";
import { resolve, type Shape, typesOf } from "./coerce/shape.js";
import { readBare } from "./scan/bare.js";
import { readWhole } from "./scan/quoted.js";
import { parseStrict } from "./scan/strict.js";

interface ScalarAnswer extends Span {
  readonly json: JsonValue;
  readonly issue?: Issue;
}

const FENCE = /^\s*```[^\n`]*\n([^`]*)```\s*$/;

/**
 * A number, literal or word that is the whole answer, or the whole of its only fence. Free text counts as an answer
 * only as a quoted JSON string: otherwise every refusal would be one.
 */
export function scalarIn(text: string, shape: Shape): ScalarAnswer | undefined {
  const inner = FENCE.exec(text)?.[1] ?? text;
  const word = inner.trimEnd().replace(/,$/, "").trim();
  if (word === "") return undefined;
  const start = text.indexOf(word);
  const span = { start, end: start + word.length };
  const strict = parseStrict(word);
  if (strict !== undefined) return { json: strict.json, ...span };
  const quoted = readWhole(word);
  if (quoted !== undefined) return { json: quoted.value, ...span };
  const bare = readBare(word, 0);
  if (bare.end === word.length && bare.lossy !== undefined) {
    // Alone it may be the name of a member; beside others it is a null of some language.
    if (/^(?:none|nil)$/i.test(word) && !isOpen(shape))
      return isFreeText(shape, shape) ? undefined : { json: word, ...span };
    return { json: null, ...span, issue: { kind: "lossy_value", path: [], message: bare.lossy, span } };
  }
  const isWhole = bare.end === word.length && !bare.failed;
  if (isWhole && bare.oddity !== "bare_string") return { json: bare.value, ...span };
  if (isWhole && isOpen(shape) && isWord(word)) return { json: word, ...span };
  const sentence = /^([+-]?\d+\.\d+)\.$/.exec(word);
  if (sentence !== null) return { json: Number(sentence[1]), start, end: span.end - 1 };
  return isFreeText(shape, shape) ? undefined : { json: word, ...span };
}

/** Whether a shape says nothing at all. Then one bare word is a string, as it is inside of brackets. */
function isOpen(shape: Shape): boolean {
  return Object.keys(shape).length === 0;
}

/** One word that is not the beginning of a literal. */
function isWord(text: string): boolean {
  const isBegun = ["true", "false", "null", "none"].some((literal) => literal.startsWith(text.toLowerCase()));
  return !isBegun && /^[\p{L}\p{N}][\p{L}\p{N}_.$-]*$/u.test(text);
}

/** Whether any text fits: a text without an enum is asked for, or a list of such, of which one text would make one. */
function isFreeText(shape: Shape, root: Shape, depth = 0): boolean {
  if (depth > 8) return true;
  const own = resolve(shape, root);
  const members = own.anyOf ?? own.oneOf ?? own.allOf;
  if (members !== undefined) return members.some((member) => isFreeText(member, root, depth + 1));
  if (own.const !== undefined || own.enum !== undefined) return false;
  const types = typesOf(own) ?? ["string"];
  if (types.includes("string")) return true;
  if (!types.includes("array") || own.prefixItems !== undefined) return false;
  return typeof own.items === "object" ? isFreeText(own.items, root, depth + 1) : own.items !== false;
}
