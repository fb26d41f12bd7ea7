import type { Issue, JsonValue } from "@armature/contracts";
import type { Task } from "./task.js";

/** What is wrong with an input, field by field; empty when it satisfies the task's schema. */
export function inputIssues(task: Task, input: JsonValue): Issue[] {
  const parsed = task.input.safeParse(input);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({
    kind: issue.code,
    path: issue.path.map((key) => (typeof key === "number" ? key : String(key))),
    message: issue.message,
  }));
}
