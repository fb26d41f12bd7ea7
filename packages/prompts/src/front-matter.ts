import { z } from "zod";
import type { PromptProblem } from "./problem.js";
import { PROMPT_NAME, PromptParameters } from "./prompt.js";
import { parseVersion } from "./semantic-version.js";
import { readYaml } from "./yaml.js";

const FrontMatter = z.strictObject({
  name: z.string().regex(PROMPT_NAME, "must consist of letters, digits, - and _"),
  version: z.string().refine((text) => parseVersion(text), "must be a semantic version such as 2.0.0"),
  description: z.string().optional(),
  parameters: PromptParameters.optional(),
});
type FrontMatter = z.infer<typeof FrontMatter>;

/** The head of a prompt file: YAML between two lines of three hyphens, the first of them on line 1. */
interface FileHead {
  /** Absent when a problem was reported. */
  readonly matter?: FrontMatter;
  /** The text after the head, and the line that it begins on. */
  readonly body: string;
  readonly bodyLine: number;
}

/** Splits a file's head off and checks it; problems name line and field. */
export function readFrontMatter(text: string, source: string, problems: PromptProblem[]): FileHead {
  const lines = text.split("\n");
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (lines[0]?.trimEnd() !== "---" || end === -1) {
    const message =
      end === -1 && lines[0]?.trimEnd() === "---"
        ? "the front matter has no closing line ---"
        : "must begin with YAML front matter between two lines ---";
    problems.push({ source, line: 1, message });
    return { body: "", bodyLine: 1 };
  }
  const matter = parseMatter(lines.slice(1, end).join("\n"), source, problems);
  return { ...(matter && { matter }), body: lines.slice(end + 1).join("\n"), bodyLine: end + 2 };
}

function parseMatter(text: string, source: string, problems: PromptProblem[]): FrontMatter | undefined {
  // One line of the file stands before the YAML.
  const report = (line: number, message: string, field?: string) =>
    problems.push({ source, line: line + 1, ...(field !== undefined && { field }), message });
  const yaml = readYaml(text, report);
  if (!yaml) return undefined;
  const parsed = FrontMatter.safeParse(yaml.value ?? {});
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    // An unknown key is reported on its parent: name the key itself.
    const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    const message = issue.code === "unrecognized_keys" ? "is not a field of a prompt file" : issue.message;
    for (const path of paths) report(yaml.lineOf(path), message, path.join(".") || "front matter");
  }
  return undefined;
}
