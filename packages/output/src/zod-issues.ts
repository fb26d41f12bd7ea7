import type { JsonPath } from "@armature/contracts";
import type { z } from "zod";
import type { SchemaIssue } from "./contract.js";

/** The issues of zod, those of a union as those of the member that is nearest to the value. */
export function zodIssues(issues: readonly z.core.$ZodIssue[], above: JsonPath = []): SchemaIssue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
    if (issue.code === "invalid_union") {
      const member = nearest(issue.errors);
      if (member !== undefined) return zodIssues(member, path);
    }
    if ((issue.code === "invalid_key" || issue.code === "invalid_element") && issue.issues.length > 0) {
      return [{ kind: issue.code, path, message: issue.issues[0]!.message }];
    }
    const expected = expectedOf(issue);
    return [{ kind: issue.code, path, message: issue.message, ...(expected === undefined ? {} : { expected }) }];
  });
}

/**
 * The member with the fewest issues among those that take the value at its top. None where
 * all of them refuse the value at its top: then the union itself says more.
 */
function nearest(members: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.min(...issues.map((issue) => issue.path.length));
  const open = members.filter((issues) => issues.length > 0 && depth(issues) > 0);
  return open.reduce<readonly z.core.$ZodIssue[] | undefined>((best, issues) => {
    return best === undefined || issues.length < best.length ? issues : best;
  }, undefined);
}

function expectedOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === "invalid_type") return issue.expected;
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value)).join(" or ");
  if (issue.code === "invalid_format") return issue.format;
  return undefined;
}
