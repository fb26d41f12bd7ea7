import type { ChatRequest } from "./chat-request.js";
import type { FullReply, ReplyUsage } from "./reply.js";

/** The identity that every part of one answer carries. */
export interface CompletionIdentity {
  readonly id: string;
  /** Epoch seconds. */
  readonly created: number;
  readonly model: string;
}

/** The body of an answer that is not streamed. */
export function completionBody(identity: CompletionIdentity, reply: FullReply): Record<string, unknown> {
  const message = {
    role: "assistant",
    content: reply.text,
    refusal: reply.refusal,
    ...(reply.toolCalls.length > 0 && { tool_calls: reply.toolCalls.map(toWireCall) }),
  };
  return {
    ...identity,
    object: "chat.completion",
    system_fingerprint: "fp_testkit",
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.finish }],
    usage: wireUsage(reply.usage),
  };
}

/** One event of a stream; `token` marks those that carry text. */
export interface StreamEvent {
  readonly data: string;
  readonly token: boolean;
}

/** The events of a streamed answer in order, without `[DONE]`: role, one a token, tool calls, finish reason, usage. */
export function streamEvents(identity: CompletionIdentity, reply: FullReply, request: ChatRequest): StreamEvent[] {
  const base = { ...identity, object: "chat.completion.chunk", system_fingerprint: "fp_testkit" };
  const wantsUsage = (request.body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;
  const event = (delta: Record<string, unknown>, token = false, finish: string | null = null): StreamEvent => ({
    token,
    data: JSON.stringify({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(wantsUsage && { usage: null }),
    }),
  });
  const events = [event({ role: "assistant", content: reply.text === null ? null : "" })];
  for (const token of splitTokens(reply.text ?? "")) events.push(event({ content: token }, true));
  for (const token of splitTokens(reply.refusal ?? "")) events.push(event({ refusal: token }, true));
  for (const [index, call] of reply.toolCalls.entries()) {
    const { function: named, ...head } = toWireCall(call);
    events.push(event({ tool_calls: [{ index, ...head, function: { name: named.name, arguments: "" } }] }));
    for (const piece of named.arguments.match(/[\s\S]{1,8}/g) ?? []) {
      events.push(event({ tool_calls: [{ index, function: { arguments: piece } }] }, true));
    }
  }
  if (reply.finish !== null) events.push(event({}, false, reply.finish));
  if (wantsUsage) {
    events.push({ token: false, data: JSON.stringify({ ...base, choices: [], usage: wireUsage(reply.usage) }) });
  }
  return events;
}

/** The pieces in which a text is streamed: a word with the white space before it counts as one token. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

function toWireCall(call: { id: string; name: string; arguments: string }) {
  return { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } };
}

function wireUsage(usage: ReplyUsage): Record<string, unknown> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}
