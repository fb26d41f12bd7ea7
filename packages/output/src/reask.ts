import type { Issue } from "@armature/contracts";
import { contractOf, type OutputSchema } from "./contract.js";
import { explainIssues } from "./explain-issues.js";
import { shapeText } from "./shape-text.js";

/** Issues after which the model has to be told the whole shape again: there was no JSON that came near it. */
const SHAPELESS: ReadonlySet<string> = new Set(["empty", "no_json", "refusal", "content_filter"]);

/**
 * The next message to a model whose answer was refused: where its text is wrong, what is wanted there, and nothing that
 * it has already been told. The whole shape is said only where there was no JSON at all.
 */
export function reaskMessage(text: string, issues: readonly Issue[], schema: OutputSchema): string {
  const { shape } = contractOf(schema);
  const parts = ["Your answer was not accepted:", explainIssues(text, issues, schema)];
  if (issues.every(({ kind }) => SHAPELESS.has(kind))) parts.push(`Wanted: ${shapeText(shape, shape)}`);
  if (issues.some(({ kind, path }) => kind === "ambiguous" && path.length === 0)) parts.push("Send only one answer.");
  const isCut = issues.some(({ kind }) => kind === "truncated");
  parts.push(`Answer again with the whole ${isCut ? "JSON, shorter," : "corrected JSON"} and nothing else.`);
  return parts.join("\n");
}
