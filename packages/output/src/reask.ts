import type { Issue } from "@armature/contracts";
import type { z } from "zod";
import { toJsonSchema } from "./ask.js";

/** The longest excerpt of its own answer that a model is shown again, in UTF-16 units. */
const EXCERPT = 4_000;

/**
 * The next message to a model whose answer was refused: its own text with what is wrong written under the lines that
 * are wrong, then the rest of the issues, then the shape.
 */
export function reaskMessage(text: string, issues: readonly Issue[], schema: z.ZodType): string {
  const parts = ["Your answer was not accepted.", ...annotate(text, issues)];
  const unplaced = issues.filter((issue) => issue.span === undefined);
  parts.push(...unplaced.map((issue) => `- ${describe(issue)}`));
  parts.push(`Answer again with only JSON of this schema: ${JSON.stringify(toJsonSchema(schema))}`);
  return parts.join("\n");
}

function annotate(text: string, issues: readonly Issue[]): string[] {
  const placed = issues.filter((issue) => issue.span !== undefined);
  if (placed.length === 0) return [];
  const lines: string[] = [];
  let start = 0;
  for (const line of text.slice(0, EXCERPT).split("\n")) {
    const end = start + line.length;
    lines.push(line);
    for (const issue of placed) {
      if (issue.span!.start >= start && issue.span!.start <= end) lines.push(`^^^ ${describe(issue)}`);
    }
    start = end + 1;
  }
  return lines;
}

function describe(issue: Issue): string {
  const place = issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return `${place}${issue.message}`;
}
