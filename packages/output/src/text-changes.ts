import type { Change, Span } from "@armature/contracts";
import { changesOf } from "./scan/dialect.js";
import type { Reading } from "./scan/node.js";
import { once } from "./scan/reading.js";

/** What was done to a text before there was JSON to judge. */
export interface Extraction {
  readonly text: string;
  /** Where the JSON stands; what is around it was left out. */
  readonly span: Span;
  /** How it was read, if it was not a plain word. */
  readonly reading: Reading | undefined;
  /** Calls follow that are left to later turns. */
  readonly hasLaterCalls: boolean;
}

/** The extraction of what was read as JSON: everything around it was left out. */
export function extractionOf(text: string, reading: Reading, hasLaterCalls = false): Extraction {
  return { text, span: reading.node, reading, hasLaterCalls };
}

/** What was left out around the JSON, and the departures from JSON in it. */
export function changesBefore({ text, span, reading, hasLaterCalls }: Extraction): readonly Change[] {
  const changes: Change[] = [];
  const before = text.slice(0, span.start);
  // White space is no change.
  if (before.trim() !== "") changes.push(leftOut("text_before", "lossless", 0, before));
  const after = text.slice(span.end);
  if (after.trim() !== "") {
    const change = hasLaterCalls
      ? leftOut("later_calls", "coercion", span.end, after)
      : leftOut("text_after", "lossless", span.end, after);
    changes.push(change);
  }
  return reading === undefined ? changes : changes.concat(lossless(text, reading));
}

function leftOut(kind: string, of: Change["class"], start: number, before: string): Change {
  return { kind, class: of, path: [], span: { start, end: start + before.length }, before, after: "" };
}

/** The departures from JSON in a reading, as changes; the missing last brace of a slip among them. */
function lossless(text: string, reading: Reading): readonly Change[] {
  const changes = changesOf(reading);
  if (!reading.lastBraceOnly) return changes;
  const span = { start: text.length, end: text.length };
  return [...changes, { kind: "missing_brace", class: "lossless", path: [], span, before: "", after: "}" }];
}

/**
 * The result of a long text, whose changes are listed when they are first asked for: where it departs from JSON
 * everywhere, the list costs more than the value.
 */
export function listingLater<R extends object>(result: R, list: () => readonly Change[]): R {
  return Object.defineProperty(result, "changes", { enumerable: true, configurable: true, get: once(list) });
}
