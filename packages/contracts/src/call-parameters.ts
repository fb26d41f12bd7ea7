import type { JsonObject } from "./json.js";
import type { StablePrefix } from "./stable-prefix.js";

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: JsonObject;
}

/** What one call asks for besides its messages, in one spelling for every provider family. */
export interface CallParameters {
  /** Always sent: it bounds the worst case that a budget holds. */
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolSpec[];
  /** The schema that the answer must satisfy; the model's `structuredOutput` capability says how it is asked for. */
  readonly responseSchema?: { readonly name: string; readonly schema: JsonObject };
  /** Of the messages: families whose prompt cache must be told get a mark at its end. It changes no answer. */
  readonly stablePrefix?: StablePrefix;
}
