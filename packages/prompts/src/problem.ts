import { ArmatureError } from "@armature/contracts";

/** One thing that is wrong with a prompt, and where it stands. */
export interface PromptProblem {
  /** The file, or `prompt triage@2.0.0` for one that was defined in code. */
  readonly source: string;
  /** Counted from 1; in a prompt of code, inside the message. */
  readonly line?: number;
  /** The front matter field or the template variable. */
  readonly field?: string;
  readonly message: string;
}

/** `prompts/triage/2.0.0.prompt.md:4: parameters.temperature: ...` */
export function describeProblem(problem: PromptProblem): string {
  const place = problem.line === undefined ? problem.source : `${problem.source}:${problem.line}`;
  return problem.field ? `${place}: ${problem.field}: ${problem.message}` : `${place}: ${problem.message}`;
}

/** One `CONFIG_INVALID` that lists every problem; each is an issue with the path `[source, field]`. */
export function promptsInvalid(problems: readonly PromptProblem[]): ArmatureError {
  return new ArmatureError("CONFIG_INVALID", problems.map(describeProblem).join("\n"), {
    details: { problems: problems.map(describeProblem) },
    issues: problems.map((problem) => ({
      kind: "prompt",
      path: problem.field ? [problem.source, problem.field] : [problem.source],
      message: describeProblem(problem),
    })),
  });
}
