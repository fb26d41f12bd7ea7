import type { StablePrefix } from "@armature/contracts";
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";

/** It is kept for five minutes from its last use, and written at the rate that the price list has for cache writes. */
const CACHE_CONTROL = { type: "ephemeral" } as const;

/**
 * Marks the end of the stable prefix. The API caches all that stands in front of a mark: the tools, the system prompt,
 * the messages. A prefix that is shorter than the model's minimum is not cached, and costs nothing more either.
 */
export function markStable(messages: BaseMessage[], prefix: StablePrefix | undefined): BaseMessage[] {
  if (!prefix) return messages;
  const at = prefix.parts > 0 ? prefix.messages : prefix.messages - 1;
  const message = messages[at];
  if (!message) return messages;
  const blocks = typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const end = prefix.parts > 0 ? prefix.parts - 1 : blocks.length - 1;
  const last = blocks[end];
  // A mark on an empty text is answered with a 400.
  if (!last || (last.type === "text" && last.text === "")) return messages;
  const marked = withContent(message, blocks.with(end, { ...last, cache_control: CACHE_CONTROL }));
  return marked ? messages.with(at, marked) : messages;
}

function withContent(message: BaseMessage, content: Exclude<BaseMessage["content"], string>): BaseMessage | undefined {
  if (SystemMessage.isInstance(message)) return new SystemMessage({ content });
  if (HumanMessage.isInstance(message)) return new HumanMessage({ content });
  // What a prompt says for the model is text; calls of tools stand behind every prompt.
  return AIMessage.isInstance(message) && !message.tool_calls?.length ? new AIMessage({ content }) : undefined;
}
