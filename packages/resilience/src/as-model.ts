import type { CallParameters, Model, ModelCapabilities } from "@armature/contracts";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

/** What LangChain does not tell about a chat model; each has a careful value where it is left out. */
export interface ModelFacts {
  /** The provider's name of the model. */
  readonly name?: string;
  /** As the price list spells it. */
  readonly provider?: string;
  readonly capabilities?: Partial<ModelCapabilities>;
  /**
   * The call options of this family. By default only `stop` and `tools`: LangChain has no common word for the rest, so
   * set a token bound on the chat model itself, or pass this.
   */
  callOptions?(parameters: CallParameters): Record<string, unknown>;
}

/**
 * Makes a model of any LangChain chat model. Switch its own retries off (`maxRetries: 0`): they would multiply. With
 * `streaming: false` among the capabilities the chat model itself is told so (`disableStreaming`).
 */
export function asModel(chat: BaseChatModel, facts: ModelFacts = {}): Model {
  const { model, modelName } = chat as { model?: unknown; modelName?: unknown };
  const name =
    facts.name ?? (typeof model === "string" ? model : typeof modelName === "string" ? modelName : undefined);
  const capabilities = { ...capabilitiesOf(chat), ...facts.capabilities };
  // Where somebody listens for tokens LangChain would stream it all the same, and lose the finish reason.
  if (!capabilities.streaming) chat.disableStreaming = true;
  return {
    name: name ?? chat._llmType(),
    provider: facts.provider ?? chat._llmType(),
    capabilities,
    chat,
    callOptions: facts.callOptions ?? commonOptions,
  };
}

function capabilitiesOf(chat: BaseChatModel): ModelCapabilities {
  const profile = chat.profile ?? {};
  return {
    contextTokens: profile.maxInputTokens ?? 8_192,
    maxOutputTokens: profile.maxOutputTokens ?? 4_096,
    structuredOutput: "prompt",
    tools: profile.toolCalling ?? false,
    vision: profile.imageInputs ?? false,
    streaming: !chat.disableStreaming,
    prefill: false,
  };
}

function commonOptions({ stop, tools }: CallParameters): Record<string, unknown> {
  return {
    ...(stop?.length && { stop: [...stop] }),
    ...(tools?.length && { tools: tools.map((spec) => ({ type: "function", function: { ...spec } })) }),
  };
}
