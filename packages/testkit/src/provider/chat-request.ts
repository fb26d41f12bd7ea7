/** A message as the OpenAI API spells it; only what responders read is typed. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | null | readonly { readonly type: string; readonly text?: string }[];
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

/** One chat completion request as it arrived. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  /** Every text of every message, joined by newlines. */
  readonly text: string;
  /** The body, parsed and otherwise untouched. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reads a body; `undefined` when it is not a chat request. */
export function readChatRequest(body: unknown): ChatRequest | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const fields = body as Record<string, unknown>;
  if (typeof fields.model !== "string" || !Array.isArray(fields.messages)) return undefined;
  const messages = fields.messages as ChatMessage[];
  return {
    model: fields.model,
    messages,
    stream: fields.stream === true,
    text: messages.map(messageText).join("\n"),
    body: fields,
  };
}

/** The text of one message, its text parts joined. */
export function messageText(message: ChatMessage): string {
  const { content } = message;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("");
}
