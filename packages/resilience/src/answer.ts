import type { Answer, FinishReason, ToolCall, Usage } from "@armature/contracts";
import type { AIMessage } from "@langchain/core/messages";

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  completed: "stop",
  complete: "stop",
  eos: "stop",
  eos_token: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  model_length: "length",
  model_context_window_exceeded: "length",
  tool_calls: "tool_calls",
  tool_call: "tool_calls",
  function_call: "tool_calls",
  tool_use: "tool_calls",
  content_filter: "content_filter",
  refusal: "content_filter",
  safety: "content_filter",
  sensitive: "content_filter",
  guardrail_intervened: "content_filter",
  recitation: "content_filter",
  blocklist: "content_filter",
  prohibited_content: "content_filter",
  spii: "content_filter",
};

/** Brings a provider's finish reason into the contract's words. */
function finishOf(reason: string): FinishReason {
  return FINISH[reason.toLowerCase()] ?? "other";
}

// Among them are "error", "network_error", "abort", "cancelled", "failed", "insufficient_system_resource",
// "malformed_function_call" and "pause_turn".
const BROKEN = /error|fail|abort|cancel|interrupt|timeout|insufficient|incomplete|malformed|pause/i;

/**
 * Whether the provider says by its finish reason that it did not end the answer but gave it up. Any other word that is
 * not known ends a whole answer: the provider chose to end it there and to say so, in a word that may be newer than this
 * list, and `finish: "other"` passes that on.
 */
export function isBroken(reason: string): boolean {
  return finishOf(reason) === "other" && BROKEN.test(reason);
}

/** Where the chat models of the families put it: OpenAI, Anthropic, Google, Bedrock, Ollama. */
const FINISH_KEYS = ["finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason"] as const;

type Extras = Pick<AIMessage, "response_metadata" | "additional_kwargs">;

/** The finish reason as the provider spelled it; `undefined` where it gave none. */
export function finishReasonOf({ response_metadata: metadata, additional_kwargs: extra }: Extras): string | undefined {
  for (const key of FINISH_KEYS) {
    const reason = metadata?.[key] ?? extra?.[key];
    if (typeof reason === "string" && reason !== "") return reason;
  }
  return statusOf(metadata);
}

/** OpenAI's Responses API gives the whole answer a status, and a reason to one that is incomplete. */
function statusOf(metadata: Extras["response_metadata"] | undefined): string | undefined {
  const status: unknown = metadata?.status;
  if (metadata?.object !== "response" || typeof status !== "string") return undefined;
  const reason = (metadata.incomplete_details as { reason?: unknown } | null | undefined)?.reason;
  return status === "incomplete" && typeof reason === "string" ? reason : status;
}

/**
 * Whether a message without a finish reason lacks one: its place is there and empty, or the chat model names the
 * provider, and every provider gives reasons. Chat models that stand for none, LangChain's fakes among them, have no
 * such field.
 */
export function owesFinishReason({ response_metadata: metadata, additional_kwargs: extra }: Extras): boolean {
  if (typeof metadata?.model_provider === "string") return true;
  return FINISH_KEYS.some((key) => metadata?.[key] !== undefined || extra?.[key] !== undefined);
}

/**
 * What the provider said instead of an answer, or of one chunk of it. LangChain's chat completions keep it only in the
 * raw response, and that only where they are told to (`__includeRawResponse`).
 */
export function refusalOf({ additional_kwargs: extra }: Pick<AIMessage, "additional_kwargs">): string {
  if (typeof extra?.refusal === "string") return extra.refusal;
  const raw = extra?.__raw_response as { choices?: { message?: Bag; delta?: Bag }[] } | undefined;
  const choice = raw?.choices?.[0];
  const refusal = choice?.message?.refusal ?? choice?.delta?.refusal;
  return typeof refusal === "string" ? refusal : "";
}

type Bag = Record<string, unknown> | null;

/** The pieces of an answer, read from a whole message or gathered from a stream. */
interface AnswerParts {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** As the provider spelled it. */
  readonly finishReason?: string | undefined;
  readonly refusal?: string;
  readonly usage?: Usage | undefined;
  readonly model?: unknown;
  readonly fingerprint?: unknown;
}

/**
 * What a LangChain message says, in the contract's form. A call whose answer was cut (`finish: "length"`) asks for no
 * tool: its arguments may look whole and are not. `answerTool` names the tool that a structured answer is forced
 * through; its arguments are the text of the answer.
 */
export function normaliseAnswer(message: AIMessage, answerTool?: string): Answer {
  const { response_metadata: metadata } = message;
  return composeAnswer(
    {
      text: textOf(message.content),
      toolCalls: toolCallsOf(message),
      finishReason: finishReasonOf(message),
      refusal: refusalOf(message),
      usage: usageOf(message.usage_metadata, serviceTierOf(metadata)),
      model: metadata?.model_name ?? metadata?.model,
      fingerprint: metadata?.system_fingerprint,
    },
    answerTool,
  );
}

export function composeAnswer(parts: AnswerParts, answerTool?: string): Answer {
  const { refusal, usage, model, fingerprint } = parts;
  let { text, toolCalls } = parts;
  let finish = finishOf(parts.finishReason ?? "");
  // A status says that the answer is whole, not what it is.
  if (parts.finishReason === "completed" && toolCalls.length > 0) finish = "tool_calls";
  const forced = answerTool === undefined ? undefined : toolCalls.find(({ name }) => name === answerTool);
  if (forced) {
    text = forced.argumentsText;
    toolCalls = toolCalls.filter(({ name }) => name !== answerTool);
    if (finish === "tool_calls" && toolCalls.length === 0) finish = "stop";
  }
  return {
    text,
    toolCalls: finish === "length" ? [] : toolCalls,
    finish,
    ...(refusal && { refusal }),
    ...(usage && { usage }),
    ...(typeof model === "string" && model !== "" && { model }),
    ...(typeof fingerprint === "string" && { fingerprint }),
  };
}

export function textOf(content: AIMessage["content"]): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const block of content) if (block.type === "text" && typeof block.text === "string") text += block.text;
  return text;
}

/** The calls with their arguments as the model wrote them, also where they are no JSON. */
function toolCallsOf(message: AIMessage): ToolCall[] {
  const raw: unknown = message.additional_kwargs?.tool_calls;
  if (Array.isArray(raw) && raw.length > 0) return raw.map(rawToolCall);
  const calls: ToolCall[] = [];
  for (const { id, name, args } of message.tool_calls ?? []) {
    calls.push({ id: id ?? `call_${calls.length}`, name, argumentsText: JSON.stringify(args) });
  }
  for (const { id, name, args } of message.invalid_tool_calls ?? []) {
    calls.push({ id: id ?? `call_${calls.length}`, name: name ?? "", argumentsText: argumentsTextOf(args) });
  }
  return calls;
}

function rawToolCall(call: { id?: string; function?: { name?: string; arguments?: string } }, index: number): ToolCall {
  return {
    id: call.id ?? `call_${index}`,
    name: call.function?.name ?? "",
    argumentsText: argumentsTextOf(call.function?.arguments),
  };
}

/** Some compatible servers send the arguments themselves where their text should be. */
export function argumentsTextOf(args: unknown): string {
  return typeof args === "string" ? args : args === undefined || args === null ? "" : JSON.stringify(args);
}

/** The service tier that was served, where the families tell it: OpenAI beside the answer, Anthropic in its usage. */
export function serviceTierOf(metadata: AIMessage["response_metadata"] | undefined): string | undefined {
  const usage = metadata?.usage as { service_tier?: unknown } | null | undefined;
  const tier: unknown = metadata?.service_tier ?? usage?.service_tier;
  return typeof tier === "string" && tier !== "" ? tier : undefined;
}

export function usageOf(usage: AIMessage["usage_metadata"], serviceTier?: string): Usage | undefined {
  // What is no count must not be paid as one.
  if (!usage || !isCount(usage.input_tokens) || !isCount(usage.output_tokens)) return undefined;
  const cached = usage.input_token_details?.cache_read;
  const written = usage.input_token_details?.cache_creation;
  const reasoning = usage.output_token_details?.reasoning;
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    ...(isCount(cached) && cached > 0 && { cachedInputTokens: cached }),
    ...(isCount(written) && written > 0 && { cacheWriteTokens: written }),
    ...(isCount(reasoning) && reasoning > 0 && { reasoningTokens: reasoning }),
    ...(serviceTier !== undefined && { serviceTier }),
  };
}

function isCount(tokens: unknown): tokens is number {
  return Number.isSafeInteger(tokens) && (tokens as number) >= 0;
}
