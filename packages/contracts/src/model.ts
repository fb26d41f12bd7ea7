import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { CallParameters } from "./call-parameters.js";
import { many } from "./token.js";

/** What a model can do, as far as routes, prompts and schema modes depend on it. */
export interface ModelCapabilities {
  /** Context window in tokens, input and output together. */
  readonly contextTokens: number;
  /** The most tokens that one answer may have. */
  readonly maxOutputTokens: number;
  /** How it is asked for JSON: `native` response format, a forced `tool` call, or words in the `prompt`. */
  readonly structuredOutput: "native" | "tool" | "prompt";
  readonly tools: boolean;
  readonly vision: boolean;
  readonly streaming: boolean;
  /** Whether it continues an assistant message that ends the conversation. */
  readonly prefill: boolean;
}

/** A LangChain chat model and the facts about it that LangChain does not carry. */
export interface Model {
  /** The provider's name of the model; prices are looked up by it. */
  readonly name: string;
  /** `openai`, `anthropic`, ... as the price list spells it. */
  readonly provider: string;
  readonly capabilities: ModelCapabilities;
  /**
   * The chat model, with its own retries switched off and, where it cannot stream, its streaming too (`disableStreaming`):
   * LangChain streams by itself where somebody listens for tokens.
   */
  readonly chat: BaseChatModel;
  /** The call options of this family that say what `parameters` ask for. */
  callOptions(parameters: CallParameters): Record<string, unknown>;
}

/** A model that a plugin brings, under the name that tasks use. */
export interface NamedModel {
  readonly route: string;
  readonly model: Model;
}

export const Model = many<NamedModel>("Model", { route: "string", model: "object" });
