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

/** Makes a model of any LangChain chat model. Switch its own retries off (`maxRetries: 0`): they would multiply. */
export function asModel(chat: BaseChatModel, facts: ModelFacts = {}): Model {
  const { model, modelName } = chat as { model?: unknown; modelName?: unknown };
  const name =
    facts.name ?? (typeof model === "string" ? model : typeof modelName === "string" ? modelName : undefined);
  return {
    name: name ?? chat._llmType(),
    provider: facts.provider ?? chat._llmType(),
    capabilities: { ...capabilitiesOf(chat), ...facts.capabilities },
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
    streaming: true,
    prefill: false,
  };
}

function commonOptions({ stop, tools }: CallParameters): Record<string, unknown> {
  return {
    ...(stop?.length && { stop: [...stop] }),
    ...(tools?.length && { tools: tools.map((spec) => ({ type: "function", function: { ...spec } })) }),
  };
}
