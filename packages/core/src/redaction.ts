import type { Finding, JsonPath, JsonValue } from "@armature/contracts";

/** Every text inside a value, with its path. */
export function textParts(value: JsonValue): { path: JsonPath; text: string }[] {
  const parts: { path: JsonPath; text: string }[] = [];
  const visit = (current: JsonValue, path: JsonPath): void => {
    if (typeof current === "string") parts.push({ path, text: current });
    else if (Array.isArray(current)) {
      for (const [index, item] of current.entries()) visit(item, [...path, index]);
    } else if (current !== null && typeof current === "object") {
      for (const [key, item] of Object.entries(current)) visit(item, [...path, key]);
    }
  };
  visit(value, []);
  return parts;
}

/** One stretch of text that was taken out, and what stands in its place. */
export interface Redacted {
  readonly path: JsonPath;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** What stood there; for memory only, never for a record. */
  readonly text: string;
  readonly replacement: string;
}

/** Replaces the findings in the value's texts. Overlapping findings are replaced as one. */
export function redact(value: JsonValue, findings: readonly Finding[]): { value: JsonValue; redactions: Redacted[] } {
  const byPath = groupByPath(findings);
  const redactions: Redacted[] = [];
  const visit = (current: JsonValue, path: JsonPath): JsonValue => {
    if (typeof current === "string") {
      const here = byPath.get(JSON.stringify(path));
      return here ? replaceSpans(current, here, redactions) : current;
    }
    if (Array.isArray(current)) return current.map((item, index) => visit(item, [...path, index]));
    if (current === null || typeof current !== "object") return current;
    return Object.fromEntries(Object.entries(current).map(([key, item]) => [key, visit(item, [...path, key])]));
  };
  return { value: visit(value, []), redactions };
}

function groupByPath(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify(finding.path);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

function replaceSpans(text: string, findings: readonly Finding[], redactions: Redacted[]): string {
  let result = "";
  let position = 0;
  for (const taken of stretches(text, findings)) {
    result += text.slice(position, taken.start) + taken.replacement;
    position = taken.end;
    redactions.push(taken);
  }
  return result + text.slice(position);
}

/** What the findings of one text take out; those that overlap are one stretch, under the first one's label. */
function stretches(text: string, findings: readonly Finding[]): Redacted[] {
  const merged: { path: JsonPath; label: string; start: number; end: number; replacement: string }[] = [];
  for (const { path, label, start, end, replacement = `[${label}]` } of findings.toSorted(
    (a, b) => a.start - b.start || b.end - a.end,
  )) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ path, label, start, end, replacement });
  }
  return merged.map((one) => ({ ...one, text: text.slice(one.start, one.end) }));
}
