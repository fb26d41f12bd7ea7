import type { Change, Issue } from "@armature/contracts";
import type { Contract } from "./contract.js";
import type { Judged } from "./judge.js";
import type { OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
import { checkSources } from "./sourced.js";

/**
 * The result of a verdict: a value, unless a sourced field of it is nowhere in its source. The verdict's changes are
 * listed when they are first asked for: in a long text that departs from JSON everywhere the list costs more than the
 * value.
 */
export function conclude<T>(verdict: Judged<T>, contract: Contract, options: ParseOptions): ParsedOutput<T> {
  if (!verdict.fits) return refuseJudged("OUTPUT_INVALID", verdict.issues, verdict);
  const isSourced = "input" in options && contract.zod !== undefined;
  const invented = isSourced ? checkSources(contract.zod!, verdict.json, options.input) : [];
  if (invented.length > 0) return refuseJudged("UNGROUNDED", invented, verdict);
  const { value, json } = verdict;
  return {
    status: "value",
    value,
    json,
    get changes() {
      return verdict.changes;
    },
    issues: [],
  };
}

function refuseJudged<T>(code: OutputRejected["code"], issues: readonly Issue[], verdict: Judged<T>): OutputRejected {
  return {
    status: "refused",
    code,
    issues,
    get changes() {
      return verdict.changes;
    },
  };
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
