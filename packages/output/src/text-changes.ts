import type { Change, Span } from "@armature/contracts";
import type { Reading } from "./scan/node.js";
import { once } from "./scan/reading.js";

/** What was left out around the JSON. White space is no change. */
export function extraction(text: string, span: Span): Change[] {
  const around: [string, number, number][] = [
    ["text_before", 0, span.start],
    ["text_after", span.end, text.length],
  ];
  return around.flatMap(([kind, start, end]): Change[] => {
    const before = text.slice(start, end);
    if (before.trim() === "") return [];
    return [{ kind, class: "lossless", path: [], span: { start, end }, before, after: "" }];
  });
}

/** The departures from JSON in a reading, as changes; the missing last brace of a slip among them. */
export function lossless(text: string, reading: Reading): readonly Change[] {
  const changes = reading.changes();
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
