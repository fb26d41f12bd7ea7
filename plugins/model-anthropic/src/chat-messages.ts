import { ArmatureError, type JsonObject } from "@armature/contracts";
import { ChatAnthropicMessages } from "@langchain/anthropic";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type BaseMessage, SystemMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { markStable } from "./cache-mark.js";
import type { AnthropicOptions } from "./call-options.js";
import { Prefill } from "./prefill.js";
import { StreamTotals, tellRefusal } from "./stream-totals.js";

type Completion = ReturnType<ChatAnthropicMessages["completionWithRetry"]>;

/**
 * LangChain's Messages API with what a contract needs and it lacks: the bounds and sampling of a single call, usage that
 * is counted once and only when it is known, the explanation of a refusal, a prefill that may end in white space, and an
 * error that says so when the body of a 200 is no message.
 */
export class ChatMessages extends ChatAnthropicMessages {
  override invocationParams(
    options?: this["ParsedCallOptions"],
  ): ReturnType<ChatAnthropicMessages["invocationParams"]> {
    const params = super.invocationParams(options);
    const asked = options as Partial<AnthropicOptions> | undefined;
    if (asked?.maxOutputTokens !== undefined) params.max_tokens = asked.maxOutputTokens;
    if (asked?.temperature !== undefined) params.temperature = asked.temperature;
    if (asked?.topP !== undefined) params.top_p = asked.topP;
    return params;
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const prefill = new Prefill(messages);
    const result = await super._generate(prepared(prefill.messages, options), options, runManager);
    for (const generation of result.generations) {
      tellRefusal(generation.message);
      prefill.continue(generation);
    }
    return result;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const prefill = new Prefill(messages);
    const totals = new StreamTotals();
    for await (const chunk of super._streamResponseChunks(prepared(prefill.messages, options), options, runManager)) {
      totals.read(chunk.message);
      prefill.continue(chunk);
      yield chunk;
    }
  }

  // The native form of these events goes around all of the above; the general one is made of the chunks.
  override _streamChatModelEvents(
    ...args: Parameters<ChatAnthropicMessages["_streamChatModelEvents"]>
  ): ReturnType<ChatAnthropicMessages["_streamChatModelEvents"]> {
    return BaseChatModel.prototype._streamChatModelEvents.apply(this, args);
  }

  protected override async completionWithRetry(
    ...args: Parameters<ChatAnthropicMessages["completionWithRetry"]>
  ): Promise<Awaited<Completion>> {
    const body = await super.completionWithRetry(...args);
    assertMessage(body, this.model);
    return body;
  }
}

// The prefix is counted in the messages of the call, before the schema comes between them.
function prepared(messages: BaseMessage[], { stablePrefix, schemaInWords }: Partial<AnthropicOptions>): BaseMessage[] {
  const marked = markStable(messages, stablePrefix);
  return schemaInWords ? withSchema(marked, schemaInWords) : marked;
}

function withSchema(messages: BaseMessage[], schemaInWords: JsonObject): BaseMessage[] {
  const words = `Answer with only JSON that satisfies this JSON Schema: ${JSON.stringify(schemaInWords)}`;
  const leading = messages.findIndex((message) => message.getType() !== "system");
  return messages.toSpliced(leading === -1 ? messages.length : leading, 0, new SystemMessage(words));
}

function assertMessage(body: unknown, model: string): void {
  if (typeof body === "object" && body !== null && Array.isArray((body as { content?: unknown }).content)) return;
  const kind = kindOf(body);
  throw new ArmatureError("PROVIDER_UNAVAILABLE", `${model} answered 200 with a body that is no message (${kind}).`, {
    details: { kind, status: 200 },
  });
}

function kindOf(body: unknown): string {
  if (body === undefined || body === null || body === "") return "empty_body";
  if (typeof body === "string") return /^\s*</.test(body) ? "html_body" : "malformed_body";
  if (typeof body === "object" && "error" in body) return "error_body";
  return "empty_choices";
}
