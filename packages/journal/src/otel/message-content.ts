import type { Answer, Message, ToolCall } from "@armature/contracts";

// Messages in the conventions' own form, as JSON texts: attributes hold no objects.

type Part =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "uri"; readonly modality: "image"; readonly uri: string }
  | { readonly type: "tool_call"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: "tool_call_response"; readonly id: string; readonly response: string };

export function messagesText(messages: readonly Message[]): string {
  return JSON.stringify(messages.map((message) => ({ role: message.role, parts: partsOf(message) })));
}

export function outputText({ text, toolCalls, finish }: Answer): string {
  const parts = [...(text ? [{ type: "text", content: text }] : []), ...toolCalls.map(callPart)];
  return JSON.stringify([{ role: "assistant", parts, finish_reason: finish }]);
}

function partsOf(message: Message): Part[] {
  if (message.role === "tool") {
    return [{ type: "tool_call_response", id: message.toolCallId, response: message.content }];
  }
  const content =
    typeof message.content === "string" ? [{ type: "text", text: message.content } as const] : message.content;
  const parts = content.map(
    (part): Part =>
      part.type === "text"
        ? { type: "text", content: part.text }
        : { type: "uri", modality: "image", uri: part.image_url.url },
  );
  return message.role === "assistant" ? [...parts, ...(message.toolCalls ?? []).map(callPart)] : parts;
}

function callPart({ id, name, argumentsText }: ToolCall): Part {
  return { type: "tool_call", id, name, arguments: argumentsText };
}
