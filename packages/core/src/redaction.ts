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

/** What was taken out: the label in place of the text, so that the record of a redaction does not undo it. */
export interface Redacted {
  readonly path: JsonPath;
  readonly label: string;
  readonly before: string;
  readonly after: string;
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
  const ordered = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = "";
  let position = 0;
  for (const { start, end, path, label, replacement } of ordered) {
    if (end <= position) continue;
    const after = replacement ?? `[${label}]`;
    if (start >= position) {
      result += text.slice(position, start) + after;
      redactions.push({ path, label, before: `[${label}]`, after });
    }
    position = end;
  }
  return result + text.slice(position);
}
