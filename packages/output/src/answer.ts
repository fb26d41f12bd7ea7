import type { Issue, JsonValue } from "@armature/contracts";
import { isAside } from "./aside.js";
import type { CoercionKind } from "./coerce/scalar.js";
import type { Contract } from "./contract.js";
import { declines } from "./decline.js";
import { jsonEqual } from "./json-equal.js";
import { type Judged, judge } from "./judge.js";
import { at, conclude, cut, refuse } from "./rejection.js";
import type { ParsedOutput, ParseOptions } from "./result.js";
import { scalarIn } from "./scalar-answer.js";
import { findCandidates } from "./scan/candidates.js";
import { partsOf } from "./scan/dialect.js";
import type { Reading } from "./scan/node.js";
import { once } from "./scan/reading.js";
import { type Extraction, extractionOf } from "./text-changes.js";
import { isTaggedCall, ownTurn } from "./turn.js";

type Without = ReadonlySet<CoercionKind>;

interface JudgedReading {
  readonly reading: Reading;
  readonly verdict: Judged<unknown>;
}

/** Finds the answer in a text that is more than JSON: the one value that fits, or the reason why there is not one. */
export function readAnswer(
  text: string,
  contract: Contract,
  options: ParseOptions,
  without: Without,
): ParsedOutput<unknown> {
  const { complete, cut: open, broken, stopped } = ownTurn(text, findCandidates(text));
  const judgeOne = (reading: Reading) => ({ reading, verdict: judgeReading(reading, contract, without) });
  if (options.severalCalls === "first") {
    const call = firstCall(text, complete, judgeOne);
    if (call !== undefined) return conclude(call.verdict, contract, options, extractionOfCall(text, call, complete));
  }
  if (stopped !== undefined) return refuse("OUTPUT_INVALID", [at(stopped, STOPPED[stopped])]);
  if (broken !== undefined) {
    const { end } = broken.node;
    const issue: Issue = { ...at("syntax", "this cannot be read as JSON"), span: { start: end, end: end + 1 } };
    return refuse("OUTPUT_INVALID", [issue, ...broken.issues]);
  }
  const slip = open?.lastBraceOnly === true && options.finish === "stop";
  if (open !== undefined && !slip && !isRepetition(text, open, complete)) return cut(text.length, open.issues);
  const readings = meantAsJson(slip ? [...complete, open] : complete);
  if (readings.length === 0) return noJson(text, contract, options, without);
  const last = readings[readings.length - 1]!;
  if (options.finish === "length" && /[^\s`\]}]/.test(text.slice(last.node.end))) return cut(text.length);
  const begun = open === undefined || slip ? 0 : 1;
  if (readings.length + begun > 1) return settle(text, readings.map(judgeOne), contract, options);
  if (last.weak && declines(text)) return refuse("OUTPUT_REFUSED", [at("refusal", text.trim().slice(0, 300))]);
  return conclude(judgeReading(last, contract, without), contract, options, extractionOf(text, last));
}

/** Without what belongs to a sentence; if that is all there is, what could not be read for sure says most of the text. */
function meantAsJson(readings: readonly Reading[]): readonly Reading[] {
  const meant = readings.filter((reading) => !isAside(reading));
  return meant.length > 0 ? meant : readings.filter(({ issues }) => issues.length > 0);
}

function judgeReading(reading: Reading, contract: Contract, without: Without): Judged<unknown> {
  const { text, node, issues } = reading;
  if (issues.length > 0) return { fits: false, issues, changes: [] };
  return judge({ json: node.value, node: once(() => partsOf(reading)), text }, contract, without);
}

/** The value on which all candidates that fit agree. Prose in brackets counts only where nothing else fits. */
function settle(
  text: string,
  judged: readonly JudgedReading[],
  contract: Contract,
  options: ParseOptions,
): ParsedOutput<unknown> {
  const fitting = judged.filter(({ verdict }) => verdict.fits);
  const strong = fitting.filter(({ reading }) => !reading.weak);
  const chosen = strong.length > 0 ? strong : fitting;
  const [first, ...others] = chosen;
  const contested = first === undefined ? undefined : rivalOf(chosen, judged);
  if (contested !== undefined) {
    return conclude(contested.verdict, contract, options, extractionOf(text, contested.reading));
  }
  if (first?.verdict.fits && isListOfOne(first.verdict)) {
    const { start, end } = first.reading.node;
    const issue = {
      ...at("ambiguous", "a list is wanted, and several values stand in this answer"),
      span: { start, end },
    };
    return refuse("OUTPUT_INVALID", [issue]);
  }
  if (first?.verdict.fits) {
    const { json } = first.verdict;
    const areEqual = others.every(({ verdict }) => verdict.fits && jsonEqual(verdict.json, json));
    if (areEqual) return conclude(first.verdict, contract, options, extractionOf(text, first.reading));
  }
  if (first !== undefined) {
    const issues = chosen.map(({ reading }) => ({
      ...at("ambiguous", "several different values of this answer fit the schema"),
      span: { start: reading.node.start, end: reading.node.end },
    }));
    return refuse("OUTPUT_INVALID", issues);
  }
  const closest = judged.reduce((best, one) => (issuesOf(one.verdict) <= issuesOf(best.verdict) ? one : best));
  return conclude(closest.verdict, contract, options, extractionOf(text, closest.reading));
}

/**
 * What does not fit and yet may be the answer, so that what fits is none: something that could only be read by guessing,
 * or something later of the same kind, as an output after the echo of its input.
 */
function rivalOf(chosen: readonly JudgedReading[], judged: readonly JudgedReading[]): JudgedReading | undefined {
  const last = chosen[chosen.length - 1]!.reading.node;
  return judged.find(({ reading, verdict }) => {
    if (verdict.fits || (reading.weak && !reading.substance)) return false;
    return reading.issues.length > 0 || (reading.node.start > last.start && isAlike(reading.node.value, last.value));
  });
}

/** Whether two values are both lists, or objects that share a key. */
function isAlike(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left) || Array.isArray(right)) return Array.isArray(left) && Array.isArray(right);
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  return Object.keys(left).some((key) => Object.hasOwn(right, key));
}

/** Whether the whole is one value of which a list was made: beside others, it is not clear which are its items. */
function isListOfOne(verdict: Judged<unknown>): boolean {
  return verdict.changes.some(({ kind, path }) => kind === "list_of_one" && path.length === 0);
}

/** Whether what the end of the text cuts had begun to say the same again. */
function isRepetition(text: string, open: Reading, complete: readonly Reading[]): boolean {
  const begun = text.slice(open.node.start);
  return complete.length > 0 && complete.every(({ node }) => text.startsWith(begun, node.start));
}

/** The first of the tool calls that fits. They stand in tags, one after another, and so are no alternatives. */
function firstCall(
  text: string,
  readings: readonly Reading[],
  judgeOne: (reading: Reading) => JudgedReading,
): JudgedReading | undefined {
  for (const reading of readings) {
    if (!isTaggedCall(text, reading)) return undefined;
    const judged = judgeOne(reading);
    if (judged.verdict.fits) return judged;
  }
  return undefined;
}

/** What was changed before a call could be judged; what follows it is left to later turns. */
function extractionOfCall(text: string, { reading }: JudgedReading, readings: readonly Reading[]): Extraction {
  const isOnly = readings[readings.length - 1] === reading && !/[[{]/.test(text.slice(reading.node.end));
  return extractionOf(text, reading, !isOnly);
}

const STOPPED = {
  too_deep: "the answer nests too deep",
  too_long: "the answer is too long to be read",
  too_many: "the answer holds too many brackets or too many departures from JSON",
} as const;

function issuesOf(verdict: Judged<unknown>): number {
  return verdict.fits ? 0 : verdict.issues.length;
}

function noJson(text: string, contract: Contract, options: ParseOptions, without: Without): ParsedOutput<unknown> {
  if (options.finish === "length") return cut(text.length);
  if (declines(text)) return refuse("OUTPUT_REFUSED", [at("refusal", text.trim().slice(0, 300))]);
  const scalar = scalarIn(text, contract.shape);
  if (scalar?.issue !== undefined) return refuse("OUTPUT_INVALID", [scalar.issue]);
  if (scalar !== undefined) {
    const { start, end, json } = scalar;
    const verdict = judge({ json, node: () => ({ value: json, start, end }), text }, contract, without);
    if (verdict.fits) {
      return conclude(verdict, contract, options, { text, span: scalar, reading: undefined, hasLaterCalls: false });
    }
  }
  const what = text.trim() === "" ? "the answer is empty" : "the answer holds no JSON";
  return refuse("OUTPUT_INVALID", [at("no_json", what)]);
}
