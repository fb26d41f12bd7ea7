import type { Issue } from "@armature/contracts";
import { contractOf, type OutputSchema } from "./contract.js";
import { explainIssues } from "./explain-issues.js";
import { shapeText } from "./shape-text.js";

/**
 * The next message to a model whose answer was refused: where its text is wrong, what is wanted there, and nothing that
 * it has already been told. The whole shape is said only where an issue is of the answer as a whole.
 */
export function reaskMessage(text: string, issues: readonly Issue[], schema: OutputSchema): string {
  const { shape } = contractOf(schema);
  const parts = ["Your answer was not accepted:", explainIssues(text, issues, schema)];
  const ofWhole = issues.some(
    ({ kind, path }) => path.length === 0 && kind !== "unrecognized_keys" && kind !== "missing",
  );
  if (ofWhole || issues.length === 0) parts.push(`Wanted: ${shapeText(shape, shape)}`);
  parts.push("Answer again with the whole corrected JSON and nothing else.");
  return parts.join("\n");
}
