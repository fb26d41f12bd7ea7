import type { Change, Issue, JsonPath, JsonValue, Span } from "@armature/contracts";

/** A value and where it stands in the text, its parts included. */
export interface Node extends Span {
  readonly value: JsonValue;
  readonly fields?: ReadonlyMap<string, Node>;
  readonly items?: readonly Node[];
}

/** Most levels of nesting that are read. */
export const MAX_DEPTH = 256;

/** Longest text that is read, in UTF-16 units. */
export const MAX_LENGTH = 32_000_000;

/** Most departures from JSON that are mended in one text, and most that the paths to them may hold a character of it. */
export const MAX_CHANGES = 1_000_000;
export const MAX_PATH_SHARE = 8;

/** Most places that are named where a text could only be read by guessing. */
export const MAX_ISSUES = 1_000;

/** From this length on, in UTF-16 units, changes are not listed before they are asked for. */
export const LONG = 16_384;

/**
 * What a reading of one candidate came to. It is data and no object of a class: the engine forgets the shape of a class
 * whose objects have all died, and with it the code that was compiled for it.
 */
export interface Reading {
  /** The text that was read, and whether as JSON only: it is read again for what was not kept. */
  readonly text: string;
  readonly isStrict: boolean;
  /**
   * `closed`: read to its last bracket. `unclosed`: the text ended first. `failed`: this is not JSON in any dialect.
   * `too_deep`: more than {@link MAX_DEPTH} levels. `too_many`: more departures than {@link MAX_CHANGES}.
   */
  readonly status: "closed" | "unclosed" | "failed" | "too_deep" | "too_many";
  /** The whole value, without its parts. */
  readonly node: Node;
  /** Unclosed, and nothing but the last brace of the root object is missing. */
  readonly lastBraceOnly: boolean;
  /** It holds a key with its colon, so it was meant as JSON. */
  readonly substance: boolean;
  /** It could as well be prose in brackets: it holds bare words, or nothing. */
  readonly weak: boolean;
  /** The departures from JSON, if they were kept. */
  readonly listed: readonly Change[] | undefined;
  /** What could only be read by guessing. */
  readonly issues: readonly Issue[];
}

/** The node at a path, or the closest one above it. Keys whose case was mended are found too. */
export function locate(root: Node, path: JsonPath): Node {
  let node = root;
  for (const key of path) {
    const next = typeof key === "number" ? node.items?.[key] : fieldOf(node, key);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function fieldOf(node: Node, key: string): Node | undefined {
  const exact = node.fields?.get(key);
  if (exact !== undefined || node.fields === undefined) return exact;
  const folded = foldKey(key);
  for (const [name, field] of node.fields) if (foldKey(name) === folded) return field;
  return undefined;
}

/** A key without case and word separators: `userId`, `user_id` and `User-ID` are one. */
export function foldKey(key: string): string {
  return key.toLowerCase().replace(/[\s_.-]+/g, "");
}
