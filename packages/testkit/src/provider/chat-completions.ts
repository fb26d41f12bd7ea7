import { type ChatRequest, readChatRequest } from "./chat-request.js";
import { type AnswerIdentity, type Dialect, type StreamEvent, wireEvent } from "./dialect.js";
import { splitArguments, splitTokens } from "./pieces.js";
import type { FullReply, ReplyUsage } from "./reply.js";

/** OpenAI's chat completions, as most servers speak them. */
export const chatCompletions: Dialect = {
  path: "/v1/chat/completions",
  read: readChatRequest,
  body: completionBody,
  events: completionEvents,
  withoutContent: (data) => ({ ...data, choices: [] }),
  withoutMessage: (body) => ({ ...body, choices: [{ index: 0, finish_reason: "stop" }] }),
  error(status, code, message) {
    const kind = code ?? (status === 429 ? "rate_limit_exceeded" : "server_error");
    const text = message ?? (status === 200 ? "The server had an error." : statusMessage(status));
    return { error: { message: text, type: kind, param: null, code: kind } };
  },
  errorEvent(code = "server_error", message = "The server is overloaded.") {
    return { token: false, data: JSON.stringify({ error: { message, type: code, param: null, code } }) };
  },
  overloaded: 503,
  tooLong: {
    code: "context_length_exceeded",
    message: "This model's maximum context length is 8192 tokens, and the messages resulted in 9000 tokens.",
  },
  heartbeat(kind, identity) {
    if (kind === "comment") return ": keep-alive\n\n";
    const choices = [{ index: 0, delta: { content: "" }, finish_reason: null }];
    return wireEvent({ data: JSON.stringify({ ...head(identity), object: "chat.completion.chunk", choices }) });
  },
};

export function statusMessage(status: number): string {
  return `The provider answers with status ${status}.`;
}

function head({ number, startedAt, model }: AnswerIdentity) {
  return { id: `chatcmpl-${number}`, created: Math.floor(startedAt / 1000), model };
}

function completionBody(identity: AnswerIdentity, reply: FullReply): Record<string, unknown> {
  const message = {
    role: "assistant",
    content: reply.text,
    refusal: reply.refusal,
    ...(reply.toolCalls.length > 0 && { tool_calls: reply.toolCalls.map(toWireCall) }),
  };
  return {
    ...head(identity),
    object: "chat.completion",
    system_fingerprint: "fp_testkit",
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.finish }],
    usage: wireUsage(reply.usage),
  };
}

/** Role, one event a token, tool calls, finish reason, usage, `[DONE]`. */
function completionEvents(identity: AnswerIdentity, reply: FullReply, request: ChatRequest): StreamEvent[] {
  const base = { ...head(identity), object: "chat.completion.chunk", system_fingerprint: "fp_testkit" };
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
    const { function: named, ...rest } = toWireCall(call);
    events.push(event({ tool_calls: [{ index, ...rest, function: { name: named.name, arguments: "" } }] }));
    for (const piece of splitArguments(named.arguments)) {
      events.push(event({ tool_calls: [{ index, function: { arguments: piece } }] }, true));
    }
  }
  if (reply.finish !== null) events.push(event({}, false, reply.finish));
  if (wantsUsage) {
    events.push({ token: false, data: JSON.stringify({ ...base, choices: [], usage: wireUsage(reply.usage) }) });
  }
  events.push({ token: false, data: "[DONE]" });
  return events;
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
