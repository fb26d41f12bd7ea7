import { ArmatureError } from "@armature/contracts";
import type { ZodError } from "zod";

/** One line for each issue of a zod error: where, which field, what. */
export function describeIssues(where: string, error: ZodError): string[] {
  return error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    return `${where}${field ? `.${field}` : ""}: ${issue.message}`;
  });
}

/** One error for all problems. */
export function configInvalid(problems: readonly string[]): ArmatureError {
  return new ArmatureError("CONFIG_INVALID", listed(problems), { details: { problems: [...problems] } });
}

/** One problem as it is, several as a list. */
function listed(problems: readonly string[]): string {
  if (problems.length === 1) return problems[0]!;
  return `${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`;
}
