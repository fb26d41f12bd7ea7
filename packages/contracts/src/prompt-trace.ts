import type { JsonObject } from "./json.js";
import type { StablePrefix } from "./stable-prefix.js";

/** Which prompt was rendered, and into what. */
export interface PromptTrace {
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  /** What chose this version: the reference, a label, a rollout. */
  readonly why?: string;
  /** Of the effective form: template, partials, schemas, tools, parameters. */
  readonly hash: string;
  /** Of the rendered messages. */
  readonly renderedHash: string;
  /** The fields of the input that were put into the template, by name; the record has what else was in other places. */
  readonly variables?: JsonObject;
  /** Tokens of the rendered messages; not counted where they fit even with a token for every byte. */
  readonly tokens?: number;
  /** How much of the messages is equal in every request; absent where the prompt does not say. */
  readonly stablePrefix?: StablePrefix;
  readonly parameters: {
    readonly temperature?: number;
    readonly topP?: number;
    readonly seed?: number;
    readonly stop?: readonly string[];
    readonly maxOutputTokens?: number;
  };
}
