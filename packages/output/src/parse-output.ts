import type { Change, Issue } from "@armature/contracts";
import type { z } from "zod";
import type { CoercionKind } from "./coerce/scalar.js";
import { admits, shapeOf } from "./coerce/shape.js";
import { jsonEqual } from "./json-equal.js";
import { type Judged, judge } from "./judge.js";
import type { OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
import { scalarIn } from "./scalar-answer.js";
import { skipSpace } from "./scan/blank.js";
import { findCandidates } from "./scan/candidates.js";
import type { Reading } from "./scan/node.js";
import { readJson } from "./scan/reader.js";
import { parseStrict } from "./scan/strict.js";
import { checkSources } from "./sourced.js";
import { isText } from "./text.js";
import { extraction, lossless } from "./text-changes.js";

/**
 * Makes a contract value of a model's text, or says why it cannot: nothing is guessed.
 *
 * `OUTPUT_REFUSED`: the model or its provider declined. `OUTPUT_TRUNCATED`: the text is cut. `OUTPUT_INVALID`: it does
 * not satisfy the schema. `UNGROUNDED`: a sourced field is not in its source.
 */
export function parseOutput<S extends z.ZodType>(
  text: string,
  schema: S,
  options: ParseOptions = {},
): ParsedOutput<z.output<S>> {
  if (options.refusal) return refuse("OUTPUT_REFUSED", [at("refusal", options.refusal)]);
  if (options.finish === "content_filter") {
    return refuse("OUTPUT_REFUSED", [at("content_filter", "the provider's filter stopped the answer")]);
  }
  if (isText(schema)) return parseProse(text, schema, options);
  const without = new Set(options.without);
  const strict = parseStrict(text);
  if (strict === undefined) return parseLoose(text, schema, options, without);
  if (typeof strict.json === "string" && !admits(shapeOf(schema), "string", shapeOf(schema))) {
    const inner = parseLoose(strict.json, schema, options, without);
    const change: Change = { kind: "double_encoded", class: "coercion", path: [], before: text, after: strict.json };
    // Spans point into the text as it was, where an escaped text has none.
    return { ...inner, changes: [change, ...inner.changes.map(({ span: _, ...rest }) => rest)] };
  }
  if (options.finish === "length" && typeof strict.json === "number") return cut(text.length);
  const start = skipSpace(text, 0);
  const isNested = typeof strict.json === "object" && strict.json !== null;
  const node = () =>
    isNested ? readJson(text, start).node : { value: strict.json, start, end: text.trimEnd().length };
  return conclude(judge({ json: strict.json, node, text }, schema, without), schema, options);
}

function parseProse<S extends z.ZodType>(text: string, schema: S, options: ParseOptions): ParsedOutput<z.output<S>> {
  if (options.finish === "length") return cut(text.length);
  if (text.trim() === "") return refuse("OUTPUT_INVALID", [at("empty", "the answer is empty")]);
  const parsed = schema.safeParse(text);
  if (parsed.success) return conclude({ fits: true, value: parsed.data, json: text, changes: [] }, schema, options);
  const issues = parsed.error.issues.map((issue) => at(issue.code, issue.message));
  return refuse("OUTPUT_INVALID", issues);
}

function parseLoose<S extends z.ZodType>(
  text: string,
  schema: S,
  options: ParseOptions,
  without: ReadonlySet<CoercionKind>,
): ParsedOutput<z.output<S>> {
  const { complete, cut: open, broken, stopped } = findCandidates(text);
  if (stopped !== undefined) return refuse("OUTPUT_INVALID", [at(stopped, STOPPED[stopped])]);
  if (broken !== undefined) {
    const { end } = broken.node;
    const issue: Issue = { ...at("syntax", "this cannot be read as JSON"), span: { start: end, end: end + 1 } };
    return refuse("OUTPUT_INVALID", [issue, ...broken.issues]);
  }
  const slip = open?.lastBraceOnly === true && options.finish === "stop";
  if (open !== undefined && !slip && !isRepetition(text, open, complete)) return cut(text.length, open.issues);
  const readings = slip ? [...complete, open] : complete;
  if (readings.length === 0) return noJson(text, schema, options, without);
  const last = readings[readings.length - 1]!;
  if (options.finish === "length" && /[^\s`\]}]/.test(text.slice(last.node.end))) return cut(text.length);
  const judged = readings.map((reading) => ({ reading, verdict: judgeReading(text, reading, schema, without) }));
  const fitting = judged.filter(({ verdict }) => verdict.fits);
  const strong = fitting.filter(({ reading }) => !reading.weak);
  const chosen = strong.length > 0 ? strong : fitting;
  const [first, ...others] = chosen;
  if (first?.verdict.fits) {
    const { json } = first.verdict;
    const areEqual = others.every(({ verdict }) => verdict.fits && jsonEqual(verdict.json, json));
    if (areEqual) return conclude(withReading(text, first.reading, first.verdict), schema, options);
  }
  if (first !== undefined) {
    const issues = chosen.map(({ reading }) => ({
      ...at("ambiguous", "several different values of this answer fit the schema"),
      span: { start: reading.node.start, end: reading.node.end },
    }));
    return refuse("OUTPUT_INVALID", issues);
  }
  const closest = judged.reduce((best, one) => (issuesOf(one.verdict) <= issuesOf(best.verdict) ? one : best));
  return conclude(withReading(text, closest.reading, closest.verdict), schema, options);
}

/** Whether what the end of the text cuts had begun to say the same again. */
function isRepetition(text: string, open: Reading, complete: readonly Reading[]): boolean {
  const begun = text.slice(open.node.start);
  return complete.length > 0 && complete.every(({ node }) => text.startsWith(begun, node.start));
}

const STOPPED = {
  too_deep: "the answer nests too deep",
  too_long: "the answer is too long to be read",
  too_many: "the answer holds too many brackets",
} as const;

function issuesOf(verdict: Judged<unknown>): number {
  return verdict.fits ? 0 : verdict.issues.length;
}

function judgeReading<S extends z.ZodType>(
  text: string,
  reading: Reading,
  schema: S,
  without: ReadonlySet<CoercionKind>,
): Judged<z.output<S>> {
  if (reading.issues.length > 0) return { fits: false, issues: reading.issues, changes: [] };
  return judge({ json: reading.node.value, node: () => reading.node, text }, schema, without);
}

/** A verdict with what was changed before it could be given. */
function withReading<T>(text: string, reading: Reading, verdict: Judged<T>): Judged<T> {
  const before = [...extraction(text, reading.node), ...lossless(text, reading)];
  return { ...verdict, changes: before.concat(verdict.changes) };
}

function noJson<S extends z.ZodType>(
  text: string,
  schema: S,
  options: ParseOptions,
  without: ReadonlySet<CoercionKind>,
): ParsedOutput<z.output<S>> {
  if (options.finish === "length") return cut(text.length);
  const scalar = scalarIn(text, shapeOf(schema));
  if (scalar !== undefined) {
    if (scalar.issue !== undefined) return refuse("OUTPUT_INVALID", [scalar.issue]);
    const { start, end } = scalar;
    const verdict = judge(
      { json: scalar.json, node: () => ({ value: scalar.json, start, end }), text },
      schema,
      without,
    );
    if (verdict.fits)
      return conclude({ ...verdict, changes: [...extraction(text, scalar), ...verdict.changes] }, schema, options);
  }
  if (DECLINES.test(text)) return refuse("OUTPUT_REFUSED", [at("refusal", text.trim().slice(0, 300))]);
  const what = text.trim() === "" ? "the answer is empty" : "the answer holds no JSON";
  return refuse("OUTPUT_INVALID", [at("no_json", what)]);
}

/** How models begin when they decline; asked only of text that holds no JSON at all. */
const DECLINES =
  /^\W*(?:i['’]m (?:very |really )?sorry|sorry,|i am sorry|i apologi[sz]e|unfortunately,? i|i (?:can(?:no|['’])t|cannot|am unable|['’]m unable|won['’]t|will not)|i['’]m (?:unable|not able)|as an ai)/i;

function conclude<S extends z.ZodType>(
  verdict: Judged<z.output<S>>,
  schema: S,
  options: ParseOptions,
): ParsedOutput<z.output<S>> {
  if (!verdict.fits) return refuse("OUTPUT_INVALID", verdict.issues, verdict.changes);
  const invented = "input" in options ? checkSources(schema, verdict.json, options.input) : [];
  if (invented.length > 0) return refuse("UNGROUNDED", invented, verdict.changes);
  const { value, json, changes } = verdict;
  return { status: "value", value, json, changes, issues: [] };
}

function cut(end: number, issues: readonly Issue[] = []): OutputRejected {
  const truncated: Issue = { ...at("truncated", "the answer ends before it is complete"), span: { start: end, end } };
  return refuse("OUTPUT_TRUNCATED", [truncated, ...issues]);
}

function refuse(
  code: OutputRejected["code"],
  issues: readonly Issue[],
  changes: readonly Change[] = [],
): OutputRejected {
  return { status: "refused", code, issues, changes };
}

function at(kind: string, message: string): Issue {
  return { kind, path: [], message };
}
