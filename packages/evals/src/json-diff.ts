import type { JsonValue } from "@armature/contracts";

/** The leaves that differ, as lines: `amounts[0]: 12 -> 13`, `note: absent -> "x"`. Empty when the values are equal. */
export function diffJson(before: JsonValue, after: JsonValue): string[] {
  const [a, b] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths.flatMap((path) => {
    const [left, right] = [a.get(path), b.get(path)];
    return left === right ? [] : [`${path.replace(/^\./, "") || "value"}: ${left ?? "absent"} -> ${right ?? "absent"}`];
  });
}

/** The leaves of a value as lines, by their paths: `amounts[0]: 12`. Equal values give equal lines. */
export function leafLines(value: JsonValue): string[] {
  const lines = [...leavesOf(value)].map(([path, leaf]) => `${path.replace(/^\./, "") || "value"}: ${leaf}`);
  return lines.sort();
}

export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return diffJson(a, b).length === 0;
}

export function leafCount(value: JsonValue): number {
  return leavesOf(value).size;
}

/** JSON text of each leaf by its path; an empty list or object is a leaf. */
function leavesOf(value: JsonValue, path = "", leaves = new Map<string, string>()): Map<string, string> {
  const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isLeaf) leaves.set(path, JSON.stringify(value));
  else {
    for (const [key, part] of Object.entries(value))
      leavesOf(part, `${path}${step(key, Array.isArray(value))}`, leaves);
  }
  return leaves;
}

// A list and an object with the keys of its places differ, and so do a dotted key and two keys.
function step(key: string, inList: boolean): string {
  return inList ? `[${key}]` : /^[\w$-]+$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`;
}
