import type { ToolCall } from "./tool-call.js";
import type { Usage } from "./usage.js";

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "other";

/** What a model said in one attempt, in one form for every provider family. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** The provider's own refusal text, where it marks one. */
  readonly refusal?: string;
  /** Absent when the provider reported none. */
  readonly usage?: Usage;
  /** The model that the provider says has answered. */
  readonly model?: string;
  readonly fingerprint?: string;
}
