import { statusMessage } from "./chat-completions.js";
import { type AnswerIdentity, type Dialect, type StreamEvent, wireEvent } from "./dialect.js";
import { readMessagesRequest } from "./messages-request.js";
import { splitArguments, splitTokens } from "./pieces.js";
import type { FullReply, ReplyUsage } from "./reply.js";

/** Anthropic's Messages API. */
export const messagesApi: Dialect = {
  path: "/v1/messages",
  read: readMessagesRequest,
  body: messageBody,
  events: messageEvents,
  withoutContent(data) {
    if (String(data.type).startsWith("content_block")) return undefined;
    return data.type === "message" ? { ...data, content: [] } : data;
  },
  withoutMessage: ({ content: _content, ...rest }) => rest,
  error(status, code, message) {
    const type = code ?? ERROR_TYPES[status] ?? "api_error";
    const text = message ?? MESSAGES[status] ?? statusMessage(status);
    return { type: "error", error: { type, message: text }, request_id: "req_testkit" };
  },
  errorEvent(code = "overloaded_error", message = "Overloaded") {
    return event({ type: "error", error: { type: code, message } });
  },
  overloaded: 529,
  tooLong: { code: "invalid_request_error", message: "prompt is too long: 208310 tokens > 200000 maximum" },
  heartbeat(kind) {
    const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "" } };
    return wireEvent(event(kind === "comment" ? { type: "ping" } : delta));
  },
};

/** From the API's reference of errors. */
const ERROR_TYPES: { readonly [status: number]: string } = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const MESSAGES: { readonly [status: number]: string } = { 200: "Internal server error", 529: "Overloaded" };

const STOP_REASONS: { readonly [finish: string]: string } = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

function messageBody(identity: AnswerIdentity, reply: FullReply): Record<string, unknown> {
  const content = [
    ...(reply.text ? [{ type: "text", text: reply.text, citations: null }] : []),
    ...reply.toolCalls.map(({ id, name, arguments: text }) => ({ type: "tool_use", id, name, input: inputOf(text) })),
  ];
  return { ...head(identity), content, ...ending(reply), usage: wireUsage(reply.usage) };
}

/** Start, each block with one event a token, the end with its reason and usage; a ping after the first block begins. */
function messageEvents(identity: AnswerIdentity, reply: FullReply): StreamEvent[] {
  const { outputTokens: _counted, ...input } = reply.usage;
  const nothingYet = { stop_reason: null, stop_sequence: null, stop_details: null };
  const message = { ...head(identity), content: [], ...nothingYet, usage: wireUsage({ ...input, outputTokens: 1 }) };
  const blocks = [
    ...(reply.text ? [textBlock(reply.text)] : []),
    ...reply.toolCalls.map(({ id, name, arguments: text }) => toolBlock(id, name, text)),
  ];
  const events = [event({ type: "message_start", message })];
  for (const [index, { start, deltas }] of blocks.entries()) {
    events.push(event({ type: "content_block_start", index, content_block: start }));
    if (index === 0) events.push(event({ type: "ping" }));
    for (const delta of deltas) events.push(event({ type: "content_block_delta", index, delta }, true));
    events.push(event({ type: "content_block_stop", index }));
  }
  events.push(event({ type: "message_delta", delta: ending(reply), usage: wireUsage(reply.usage) }));
  events.push(event({ type: "message_stop" }));
  return events;
}

function event(data: Record<string, unknown> & { readonly type: string }, token = false): StreamEvent {
  return { name: data.type, data: JSON.stringify(data), token };
}

function head({ number, model }: AnswerIdentity) {
  return { id: `msg_${number}`, type: "message", role: "assistant", model };
}

function ending(reply: FullReply) {
  const refused = reply.refusal !== null;
  const stop_reason = refused ? "refusal" : (STOP_REASONS[reply.finish ?? ""] ?? null);
  const stop_details = refused ? { type: "refusal", category: null, explanation: reply.refusal } : null;
  return { stop_reason, stop_sequence: null, stop_details };
}

function textBlock(text: string) {
  return {
    start: { type: "text", text: "", citations: null },
    deltas: splitTokens(text).map((token) => ({ type: "text_delta", text: token })),
  };
}

function toolBlock(id: string, name: string, text: string) {
  return {
    start: { type: "tool_use", id, name, input: {} },
    deltas: splitArguments(text).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
  };
}

// The arguments are an object on this wire; what a model has left unfinished is an empty one.
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// `input_tokens` counts here only what the prompt cache had no part in.
function wireUsage(usage: ReplyUsage): Record<string, unknown> {
  const { cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  return {
    input_tokens: usage.inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: usage.outputTokens,
  };
}
