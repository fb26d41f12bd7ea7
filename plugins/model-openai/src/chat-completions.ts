import { ArmatureError } from "@armature/contracts";
import { AIMessage, type BaseMessage, type BaseMessageChunk } from "@langchain/core/messages";
import { ChatOpenAICompletions, type OpenAIClient } from "@langchain/openai";
import type { OpenAICallOptions } from "./call-options.js";
import { isReasoningModel } from "./capabilities.js";
import { type ChunkStream, untilUsage } from "./stream-end.js";

type Chunk = OpenAIClient.Chat.Completions.ChatCompletionChunk;
type Completion = OpenAIClient.Chat.Completions.ChatCompletion;
type Request = OpenAIClient.Chat.ChatCompletionCreateParams;

/**
 * LangChain's chat completions with what a contract needs and they lack: the token bound and sampling of a single
 * call, the refusal text, the service tier, the raw text of an invalid structured answer, content that is streamed in
 * blocks, a stream that ends when all of it has come, and an error that says so when the body of a 200 is no completion.
 */
export class ChatCompletions extends ChatOpenAICompletions {
  override invocationParams(
    options?: this["ParsedCallOptions"],
    extra?: { streaming?: boolean },
  ): Omit<Request, "messages"> {
    const params = super.invocationParams(options, extra);
    const asked = options as Partial<OpenAICallOptions> | undefined;
    const isReasoning = isReasoningModel(this.model);
    if (asked?.maxOutputTokens !== undefined) {
      if (isReasoning) params.max_completion_tokens = asked.maxOutputTokens;
      else params.max_tokens = asked.maxOutputTokens;
    }
    if (isReasoning) {
      // LangChain knows only the bare names.
      delete params.temperature;
      delete params.top_p;
      return params;
    }
    if (asked?.temperature !== undefined) params.temperature = asked.temperature;
    if (asked?.topP !== undefined) params.top_p = asked.topP;
    return params;
  }

  override completionWithRetry(
    request: OpenAIClient.Chat.ChatCompletionCreateParamsStreaming,
    options?: OpenAIClient.RequestOptions,
  ): Promise<AsyncIterable<Chunk>>;
  override completionWithRetry(
    request: OpenAIClient.Chat.ChatCompletionCreateParamsNonStreaming,
    options?: OpenAIClient.RequestOptions,
  ): Promise<Completion>;
  // LangChain would call `parse` for a response format, which throws the text and its usage away when the text is no
  // JSON, and would queue the call for retries of its own.
  override async completionWithRetry(
    request: Request,
    options?: OpenAIClient.RequestOptions,
  ): Promise<AsyncIterable<Chunk> | Completion> {
    this._getClientOptions(undefined);
    const { signal, headers } = options ?? {};
    const body = await this.client.chat.completions.create(request, { signal, headers });
    if (request.stream) return untilUsage(body as ChunkStream);
    assertCompletion(body, this.model);
    return body as Completion;
  }

  protected override _convertCompletionsMessageToBaseMessage(
    message: OpenAIClient.Chat.Completions.ChatCompletionMessage,
    rawResponse: Completion,
  ): BaseMessage {
    // Some compatible servers leave the role out.
    const given = { ...message, role: "assistant" as const };
    const calls = message.tool_calls ?? [];
    const unreadable = calls.length > 0 && !calls.some(isReadable);
    // LangChain warns on the console when it can parse none of the calls: it gets none, and their text is kept.
    if (unreadable) delete given.tool_calls;
    const converted = super._convertCompletionsMessageToBaseMessage(given, rawResponse);
    if (unreadable && AIMessage.isInstance(converted)) converted.invalid_tool_calls = calls.map(invalidCall);
    if (message.refusal) converted.additional_kwargs.refusal = message.refusal;
    // LangChain tells it of streams only.
    const { service_tier } = rawResponse;
    if (service_tier) converted.response_metadata = { ...converted.response_metadata, service_tier };
    return converted;
  }

  protected override _convertCompletionsDeltaToBaseMessageChunk(
    delta: Record<string, unknown>,
    rawResponse: Chunk,
    defaultRole: OpenAIClient.Chat.ChatCompletionRole = "assistant",
  ): BaseMessageChunk {
    // LangChain passes over content that is no text, with a word on the console: the answer would have a hole.
    const isText = typeof (delta.content ?? "") === "string";
    const given = isText ? delta : { ...delta, content: textOf(delta.content, this.model) };
    const converted = super._convertCompletionsDeltaToBaseMessageChunk(given, rawResponse, defaultRole);
    if (delta.refusal) converted.additional_kwargs.refusal = delta.refusal;
    return converted;
  }
}

type Call = NonNullable<OpenAIClient.Chat.Completions.ChatCompletionMessage["tool_calls"]>[number];

function isReadable(call: Call): boolean {
  try {
    JSON.parse(call.type === "function" ? call.function.arguments : "");
    return true;
  } catch {
    return false;
  }
}

function invalidCall(call: Call) {
  const { name = "", arguments: args = "" } = call.type === "function" ? call.function : {};
  return { type: "invalid_tool_call" as const, id: call.id, name, args, error: "The arguments are no JSON." };
}

/** The text of content that comes in blocks, as some compatible servers send it. */
function textOf(content: unknown, model: string): string {
  if (!Array.isArray(content)) {
    throw new ArmatureError("PROVIDER_UNAVAILABLE", `${model} streamed content that is no text.`, {
      details: { kind: "malformed_chunk" },
    });
  }
  return content.map((block) => (block?.type === "text" && typeof block.text === "string" ? block.text : "")).join("");
}

function assertCompletion(body: unknown, model: string): void {
  const choices = typeof body === "object" && body !== null ? (body as Partial<Completion>).choices : undefined;
  if (Array.isArray(choices) && choices.length > 0 && choices[0]?.message) return;
  const kind = kindOf(body);
  throw new ArmatureError(
    "PROVIDER_UNAVAILABLE",
    `${model} answered 200 with a body that is no completion (${kind}).`,
    {
      details: { kind, status: 200 },
    },
  );
}

function kindOf(body: unknown): string {
  if (body === undefined || body === null || body === "") return "empty_body";
  if (typeof body === "string") return /^\s*</.test(body) ? "html_body" : "malformed_body";
  if (typeof body === "object" && "error" in body && body.error) return "error_body";
  return "empty_choices";
}
