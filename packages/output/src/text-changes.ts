import type { Change, Span } from "@armature/contracts";
import type { Reading } from "./scan/node.js";

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
  if (!reading.lastBraceOnly) return reading.changes;
  const span = { start: text.length, end: text.length };
  return [...reading.changes, { kind: "missing_brace", class: "lossless", path: [], span, before: "", after: "}" }];
}
