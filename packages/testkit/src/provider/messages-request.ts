import { type ChatMessage, type ChatRequest, messageText } from "./chat-request.js";

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: string | readonly Block[];
}

interface WireMessage {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/**
 * Reads the body of a request to Anthropic's Messages API into the words in which responders read every request: the
 * system prompt is a message, a tool's use is a tool call, a tool's result is a message of the tool. `undefined` when
 * it is no such request: `max_tokens` is not optional there.
 */
export function readMessagesRequest(body: unknown): ChatRequest | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const fields = body as Record<string, unknown>;
  if (typeof fields.model !== "string" || !Array.isArray(fields.messages)) return undefined;
  if (typeof fields.max_tokens !== "number") return undefined;
  const system = fields.system as WireMessage["content"] | undefined;
  const messages = [
    ...(system === undefined ? [] : [{ role: "system", content: textOf(system) }]),
    ...(fields.messages as WireMessage[]).flatMap(chatMessages),
  ];
  return {
    model: fields.model,
    messages,
    stream: fields.stream === true,
    text: messages.map(messageText).join("\n"),
    body: fields,
  };
}

function chatMessages({ role, content }: WireMessage): ChatMessage[] {
  if (typeof content === "string") return [{ role, content }];
  const results = content.filter(({ type }) => type === "tool_result").map(toolMessage);
  const calls = content.filter(({ type }) => type === "tool_use").map(toolCall);
  const text = textOf(content);
  if (calls.length > 0) return [{ role, content: text || null, tool_calls: calls }];
  return results.length > 0 && text === "" ? results : [...results, { role, content: text }];
}

function toolCall({ id = "", name = "", input }: Block) {
  return { id, function: { name, arguments: JSON.stringify(input) } };
}

function toolMessage({ tool_use_id = "", content = "" }: Block): ChatMessage {
  return { role: "tool", content: textOf(content), tool_call_id: tool_use_id };
}

function textOf(content: string | readonly Block[]): string {
  if (typeof content === "string") return content;
  return content.map((block) => block.text ?? "").join("");
}
