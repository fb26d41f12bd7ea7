import type { ContentPart, Message, MessageContent, ToolCall } from "@armature/contracts";
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";

/** The messages of a contract as LangChain's, once for all attempts of a call. */
export function toLangChain(messages: readonly Message[]): BaseMessage[] {
  return messages.map(convert);
}

function convert(message: Message): BaseMessage {
  switch (message.role) {
    case "system":
      return new SystemMessage({ content: contentOf(message.content) });
    case "user":
      return new HumanMessage({ content: contentOf(message.content) });
    case "assistant":
      return new AIMessage({
        content: contentOf(message.content),
        ...(message.toolCalls?.length && { tool_calls: message.toolCalls.map(toolCallOf) }),
      });
    case "tool":
      return new ToolMessage({ content: message.content, tool_call_id: message.toolCallId, name: message.name });
  }
}

function contentOf(content: MessageContent): string | ContentPart[] {
  return typeof content === "string" ? content : [...content];
}

function toolCallOf({ id, name, argumentsText }: ToolCall) {
  return { type: "tool_call" as const, id, name, args: argumentsOf(argumentsText) };
}

// Arguments that were no object were answered by an error; the model shall see what it wrote, not an empty call.
function argumentsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The text below says it all.
  }
  return { unparsed: text };
}
