import type { JsonValue } from "@armature/contracts";
import { z } from "zod";

/** What a prompt may ask of the model call; a task's own limits still hold. */
export const PromptParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  seed: z.int().optional(),
  stop: z.array(z.string().min(1)).optional(),
  /** Tokens. */
  maxOutputTokens: z.int().positive().optional(),
});
export type PromptParameters = z.infer<typeof PromptParameters>;

/** Who speaks in a section of a prompt. `assistant` sections are examples of good answers. */
export const PROMPT_ROLES = ["system", "user", "assistant"] as const;
export type PromptRole = (typeof PROMPT_ROLES)[number];

/** A piece of Mustache text and where it was written. */
export interface Template {
  readonly text: string;
  readonly source: string;
  /** The line of `source` that the text begins on, counted from 1. */
  readonly line: number;
}

export interface PromptSection {
  readonly role: PromptRole;
  readonly template: Template;
  /** It goes on with the message of the section before it: a mark split them. */
  readonly joins?: true;
}

/** One solved case: the prompt's last user message, filled with this input, and the answer that it should get. */
export interface PromptExample {
  readonly input: JsonValue;
  /** A text is sent as it is, anything else as JSON. */
  readonly output: JsonValue;
}

/** One version of one prompt, checked: its templates parse, its partials exist and do not include themselves. */
export interface Prompt {
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  readonly description?: string;
  readonly parameters: PromptParameters;
  readonly sections: readonly PromptSection[];
  /** Sent as pairs of messages in front of the last user message. */
  readonly examples: readonly PromptExample[];
  /** How many leading sections are equal in every request of a task; absent where the prompt has no mark. */
  readonly stableSections?: number;
  /** Every partial that the sections include, directly or through another. */
  readonly partials: { readonly [name: string]: Template };
  /** The file, or `prompt triage@2.0.0` for one that was defined in code. */
  readonly source: string;
}

/** Prompt and partial names: they are folder and file names too. */
export const PROMPT_NAME = /^[a-z0-9][a-z0-9_-]*$/i;
