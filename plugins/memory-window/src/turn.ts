import type { Message, MessageContent, Tokenizer } from "@armature/contracts";

/** One remembered exchange. */
export interface Turn {
  readonly requestId: string;
  readonly user: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly messages: readonly Message[];
  readonly tokens: number;
}

// What chat formats put around every message: its role and separators. Providers bill 3 to 4 tokens for it.
const TOKENS_PER_MESSAGE = 4;

/** Counts everything of the messages that a model will read. */
export function countTokens(messages: readonly Message[], tokenizer: Tokenizer): number {
  return messages.reduce((sum, message) => sum + TOKENS_PER_MESSAGE + tokenizer.count(textOf(message)), 0);
}

function textOf(message: Message): string {
  const content =
    typeof message.content === "string"
      ? message.content
      : message.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  if (message.role === "tool") return `${message.name}\n${content}`;
  if (message.role !== "assistant" || !message.toolCalls) return content;
  return [content, ...message.toolCalls.map((call) => `${call.name}\n${call.argumentsText}`)].join("\n");
}

/** A copy without pictures: their size in tokens is the provider's secret, and a data URL may be megabytes. */
export function withoutImages(message: Message): Message {
  if (message.role === "tool" || typeof message.content === "string") return structuredClone(message);
  const content: MessageContent = message.content.map((part) =>
    part.type === "text" ? { ...part } : { type: "text", text: "[image]" },
  );
  return structuredClone({ ...message, content });
}
