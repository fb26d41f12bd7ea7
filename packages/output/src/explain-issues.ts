import type { Issue, JsonPath, JsonValue } from "@armature/contracts";
import type { Shape } from "./coerce/shape.js";
import { contractOf, type OutputSchema } from "./contract.js";
import { shapeAt, shapeText } from "./shape-text.js";

/** Most issues that are shown: a model mends what it is shown and then sees the rest. */
const MOST = 20;

/** Characters of a line that are shown before and after what is wrong in it. */
const AROUND = 40;

/** Characters of a wrong value that are shown. */
const VALUE = 60;

/**
 * A model's own output where it is wrong, line by line, each with what is wrong and the shape that is wanted there; then
 * what is missing and what has no place. Lines that are right are left out.
 *
 * @param schema what the text was parsed with; without it, the wanted shape is said only as far as the issues know it
 */
export function explainIssues(text: string, issues: readonly Issue[], schema?: OutputSchema): string {
  const shape = schema === undefined ? undefined : contractOf(schema).shape;
  const shown = alike(issues).slice(0, MOST);
  const placed = shown.filter(({ span, kind }) => span !== undefined && kind !== "missing");
  const lines = byLine(text, placed).flatMap(({ number, start, line, issues }) => [
    `${number}| ${excerpt(line, issues, start)}`,
    ...issues.map((issue) => `^ ${sentence(issue, shape)}`),
  ]);
  lines.push(...shown.filter((issue) => !placed.includes(issue)).map((issue) => `- ${sentence(issue, shape)}`));
  const rest = issues.length - shown.length;
  if (rest > 0) lines.push(`- ${rest} more like these`);
  return lines.join("\n");
}

/** One issue of those that say the same of the items of one list. */
function alike(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ kind, path, message, received }) => {
    if (!path.some((key) => typeof key === "number")) return true;
    const place = path.map((key) => (typeof key === "number" ? "#" : key));
    const said = JSON.stringify([kind, place, message, received]);
    return !seen.has(said) && seen.add(said);
  });
}

interface Line {
  readonly number: number;
  readonly start: number;
  readonly line: string;
  readonly issues: Issue[];
}

function byLine(text: string, placed: readonly Issue[]): Line[] {
  const lines: Line[] = [];
  const ordered = [...placed].sort((left, right) => left.span!.start - right.span!.start);
  let number = 1;
  let start = 0;
  for (const issue of ordered) {
    for (let end = text.indexOf("\n", start); end !== -1 && end < issue.span!.start; end = text.indexOf("\n", start)) {
      number += 1;
      start = end + 1;
    }
    const last = lines[lines.length - 1];
    if (last?.number === number) last.issues.push(issue);
    else {
      const end = text.indexOf("\n", start);
      lines.push({ number, start, line: text.slice(start, end === -1 ? text.length : end), issues: [issue] });
    }
  }
  return lines;
}

/** The part of a line in which its issues are. */
function excerpt(line: string, issues: readonly Issue[], start: number): string {
  const from = Math.max(0, Math.min(...issues.map(({ span }) => span!.start - start)) - AROUND);
  const ends = issues.map(({ span }) => Math.min(span!.end, span!.start + VALUE) - start);
  const to = Math.min(line.length, Math.max(...ends) + AROUND);
  const part = line.slice(from, to).trim();
  return `${from > 0 ? "…" : ""}${part}${to < line.length ? "…" : ""}`;
}

function sentence(issue: Issue, root: Shape | undefined): string {
  const { kind, path, message } = issue;
  const place = placeOf(path);
  const wanted = wantedOf(issue, root);
  if (kind === "missing") return `${place} is missing${wanted === undefined ? "" : `: ${wanted}`}`;
  if (wanted === undefined || OWN_WORDS.has(kind)) return place === "" ? message : `${place}: ${message}`;
  const got = issue.received === undefined ? "" : `, not ${brief(issue.received)}`;
  return `${place === "" ? "wanted" : place}: ${wanted}${got}`;
}

/** Kinds whose message says more than the shape does. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  "ambiguous",
  "custom",
  "duplicate_key",
  "ellipsis",
  "empty",
  "invalid",
  "lossy_value",
  "no_json",
  "syntax",
  "truncated",
  "ungrounded",
  "unrecognized_keys",
]);

function wantedOf({ path, expected }: Issue, root: Shape | undefined): string | undefined {
  const shape = root === undefined ? undefined : shapeAt(root, path);
  return shape === undefined ? expected : shapeText(shape, root!);
}

function brief(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > VALUE ? `${text.slice(0, VALUE)}…` : text;
}

/** `items[2].price`, as one writes it in code. */
function placeOf(path: JsonPath): string {
  return path
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join("")
    .replace(/^\./, "");
}
