import type { ChatRequest } from "./chat-request.js";

/** What the model says to one request. */
export interface Reply {
  readonly text?: string;
  readonly toolCalls?: readonly ReplyToolCall[];
  /** The provider's own refusal: a field of chat completions, a stop reason with its explanation on the Messages API. */
  readonly refusal?: string;
  /** `tool_calls` when there are any, otherwise `stop`. */
  readonly finish?: "stop" | "length" | "tool_calls" | "content_filter";
  /** Counted at four characters a token where it is left out. */
  readonly usage?: ReplyUsage;
}

export interface ReplyToolCall {
  /** `call_1`, `call_2` ... where it is left out. */
  readonly id?: string;
  readonly name: string;
  /** Sent as it is when it is text, as JSON otherwise. */
  readonly arguments: unknown;
}

/** Details are parts of their total, as in the contract; each family is told in its own way of counting. */
export interface ReplyUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  /** Only the Messages API reports them. */
  readonly cacheWriteTokens?: number;
  /** Only chat completions report them. */
  readonly reasoningTokens?: number;
}

/** A reply with everything filled in. */
export interface FullReply {
  readonly text: string | null;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly refusal: string | null;
  readonly finish: string | null;
  readonly usage: ReplyUsage;
}

export type Responder = (request: ChatRequest) => Reply | string | Promise<Reply | string>;

export function completeReply(reply: Reply | string, request: ChatRequest): FullReply {
  const given: Reply = typeof reply === "string" ? { text: reply } : reply;
  const toolCalls = (given.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${index + 1}`,
    name: call.name,
    arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
  }));
  const said = (given.text ?? given.refusal ?? "") + toolCalls.map((call) => call.name + call.arguments).join("");
  return {
    text: given.text ?? null,
    toolCalls,
    refusal: given.refusal ?? null,
    finish: given.finish ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    usage: given.usage ?? { inputTokens: roughTokens(request.text), outputTokens: roughTokens(said) },
  };
}

function roughTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
