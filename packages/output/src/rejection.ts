import type { Change, Issue } from "@armature/contracts";
import type { Contract } from "./contract.js";
import type { Judged } from "./judge.js";
import type { OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
import { LONG } from "./scan/node.js";
import { checkGiven } from "./sourced.js";
import { changesBefore, type Extraction, listingLater } from "./text-changes.js";

/** The result of a verdict: a value, unless a sourced field of it is nowhere in its source. */
export function conclude<T>(
  verdict: Judged<T>,
  contract: Contract,
  options: ParseOptions,
  extraction?: Extraction,
): ParsedOutput<T> {
  const { changes } = verdict;
  if (extraction === undefined) return settle(verdict, changes, contract, options);
  if (extraction.text.length <= LONG) {
    return settle(verdict, changesBefore(extraction).concat(changes), contract, options);
  }
  return listingLater(settle(verdict, [], contract, options), () => changesBefore(extraction).concat(changes));
}

function settle<T>(
  verdict: Judged<T>,
  changes: readonly Change[],
  contract: Contract,
  options: ParseOptions,
): ParsedOutput<T> {
  if (!verdict.fits) return refuse("OUTPUT_INVALID", verdict.issues, changes);
  const isSourced = "input" in options && contract.zod !== undefined;
  const invented = isSourced ? checkGiven(contract.zod!, verdict.given, options.input) : [];
  if (invented.length > 0) return refuse("UNGROUNDED", invented, changes);
  return { status: "value", value: verdict.value, json: verdict.json, changes, issues: [] };
}

export function refuse(
  code: OutputRejected["code"],
  issues: readonly Issue[],
  changes: readonly Change[] = [],
): OutputRejected {
  return { status: "refused", code, issues, changes };
}

/** The text ends at `end` before the answer does. */
export function cut(end: number, issues: readonly Issue[] = []): OutputRejected {
  const truncated: Issue = { ...at("truncated", "the answer ends before it is complete"), span: { start: end, end } };
  return refuse("OUTPUT_TRUNCATED", [truncated, ...issues]);
}

/** An issue of the answer as a whole. */
export function at(kind: string, message: string): Issue {
  return { kind, path: [], message };
}
