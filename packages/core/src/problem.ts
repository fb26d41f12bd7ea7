import type { ZodError } from "zod";

/** One line for each issue of a zod error: where, which field, what. */
export function describeIssues(where: string, error: ZodError): string[] {
  return error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    return `${where}${field ? `.${field}` : ""}: ${issue.message}`;
  });
}
