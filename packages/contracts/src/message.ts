import type { ToolCall } from "./tool-call.js";

export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  /** `url` is an http(s) address or a `data:` URL. */
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

export type MessageContent = string | readonly ContentPart[];

/** One message of a conversation as plain JSON; LangChain chat models accept it as it is. */
export type Message =
  | { readonly role: "system" | "user"; readonly content: MessageContent }
  | { readonly role: "assistant"; readonly content: MessageContent; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly content: string; readonly toolCallId: string; readonly name: string };
