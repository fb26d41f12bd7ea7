import { isAhead } from "./closing.js";
import { readDialect } from "./dialect.js";
import { LONG, type Node, type Reading } from "./node.js";
import { outline } from "./plain.js";
import { isEmpty, membersBehind, NONE } from "./reading.js";
import { parsePlain } from "./strict.js";

/**
 * Reads the object or array that starts at `start` in the dialect that models write. Each pass over the text keeps
 * its own stack; a lookahead is bounded or over white space only, so the work is linear.
 */
export function readJson(text: string, start: number): Reading {
  const { status, end, keys } = outline(text, start);
  if (status === "deep") return tooDeep(text, start, end);
  let mayBePlain = status === "odd" || (status === "strange" && isAhead(LOSS, 12, text, end));
  if (status === "plain") {
    const parsed = parsePlain(start === 0 && end === text.length ? text : text.slice(start, end), keys);
    if (parsed.loss === undefined) return plainReading(text, { value: parsed.json, start, end }, keys > 0);
    mayBePlain = parsed.loss === "key";
  }
  const keeps = text.length > LONG ? "values" : "changes";
  // What is plain JSON but for a loss is read as such; only what is not may need to be interpreted.
  const strict = mayBePlain ? readDialect(text, start, true, keeps) : undefined;
  return strict?.status === "closed" ? strict : readDialect(text, start, false, keeps);
}

/** What the strict reading takes and the grammar of JSON does not: odd white space, and words that are no values. */
const LOSS = /[\s\u200b\u2026]|\.\.\.|[+-]?(?:Infinity|inf|NaN|nan)|undefined/y;

function plainReading(text: string, node: Node, substance: boolean): Reading {
  return {
    status: "closed",
    text,
    isStrict: true,
    node,
    lastBraceOnly: false,
    substance,
    weak: isEmpty(node.value),
    listed: NONE,
    issues: membersBehind(text, node.end),
  };
}

function tooDeep(text: string, start: number, end: number): Reading {
  return {
    status: "too_deep",
    text,
    isStrict: true,
    node: { value: null, start, end },
    lastBraceOnly: false,
    substance: false,
    weak: false,
    listed: NONE,
    issues: NONE,
  };
}
