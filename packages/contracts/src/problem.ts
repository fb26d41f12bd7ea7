import type { ZodError } from "zod";
import { ArmatureError } from "./armature-error.js";

/** One line for each issue of a zod error: where, which field, what. A field is said as it is written in code. */
export function describeIssues(where: string, error: ZodError): string[] {
  return error.issues.map(({ path, message }) => `${path.reduce<string>(inside, where) || "options"}: ${message}`);
}

/** `budgets[0].usd` */
function inside(where: string, key: PropertyKey): string {
  if (typeof key === "number") return `${where}[${key}]`;
  return where ? `${where}.${String(key)}` : String(key);
}

/** One `CONFIG_INVALID` for all problems; `details.problems` has each by itself. */
export function configInvalid(problems: readonly string[], cause?: unknown): ArmatureError {
  return new ArmatureError("CONFIG_INVALID", listed(problems), { details: { problems: [...problems] }, cause });
}

/** One problem as it is, several as a list. */
function listed(problems: readonly string[]): string {
  if (problems.length === 1) return problems[0]!;
  return `${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`;
}
