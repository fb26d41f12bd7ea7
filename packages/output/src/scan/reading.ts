import type { Issue, JsonValue } from "@armature/contracts";
import { isAhead } from "./closing.js";

/** Nothing, for all who have nothing. */
export const NONE: readonly never[] = [];

/** What a bracket that came too early leaves behind: blanks, comments, further brackets. */
const BETWEEN = "(?:[\\s\\]}]|(?://|#)[^\\n]{0,99}\\n){0,50}";
const QUOTED_KEY = "[\"'\u201c\u2018\u201e][^\"'\u201d\u2019\\n]{1,99}[\"'\u201d\u2019]";
const BARE_KEY = "[\\p{L}_$][\\p{L}\\p{N}_$-]{0,60}";
/** The rest of a member, to the bracket that ends it. */
const MEMBER = "\\s{0,9}:[^[\\]{}]{1,200}[\\]}]";
const ITEM = "[^\\s[\\]{}\"',:]{1,60}\\s{0,9}[\\]}]";

/** A string after a comma, or a member or item with a bracket that ends it. Without a comma words are more likely prose. */
const MORE_MEMBERS = new RegExp(
  `${BETWEEN}(?:,(?:,|${BETWEEN})(?:["'\u201c\u2018\u201e]|${BARE_KEY}${MEMBER}|${ITEM})|${QUOTED_KEY}${MEMBER})`,
  "uy",
);

/** An issue where members follow the bracket that seemed to be the last. */
export function membersBehind(text: string, end: number): Issue[] {
  if (!isAhead(MORE_MEMBERS, 400, text, end)) return [];
  const message = "more members follow the closing bracket";
  return [{ kind: "brackets", path: [], message, span: { start: end, end: end + 1 } }];
}

/** Whether an object or array holds nothing. */
export function isEmpty(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

/** Makes a thing when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
