import type { Message, ToolSpec } from "@armature/contracts";
import type { JsonSchema } from "./json-schema.js";
import type { Prompt, PromptParameters } from "./prompt.js";
import { sha256 } from "./sha256.js";

/** What a task adds to a prompt: with it the text has its effect, so it belongs to the hash. */
export interface PromptSurroundings {
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly tools?: readonly ToolSpec[];
  /** The task's own, over the prompt's. */
  readonly parameters?: PromptParameters;
}

/**
 * SHA-256 (hexadecimal) over the canonical JSON of a prompt's effective form: section texts and roles, the partials
 * they include, examples, parameters, schemas and tools. Name, version, description and file are not part of it: renaming a
 * prompt does not change what a model reads. JSON Schema does not see refinements and transforms; nor does this.
 */
export function promptHash(prompt: Prompt, surroundings: PromptSurroundings = {}): string {
  return sha256({
    sections: prompt.sections.map(({ role, template, joins }) => ({ role, text: template.text, joins })),
    examples: prompt.examples,
    partials: Object.fromEntries(Object.entries(prompt.partials).map(([name, { text }]) => [name, text])),
    parameters: { ...prompt.parameters, ...surroundings.parameters },
    inputSchema: surroundings.inputSchema ?? null,
    outputSchema: surroundings.outputSchema ?? null,
    tools: surroundings.tools ?? [],
  });
}

/** SHA-256 (hexadecimal) over the canonical JSON of what is sent. */
export function renderedHash(messages: readonly Message[]): string {
  return sha256(messages);
}
