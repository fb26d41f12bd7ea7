import type { Message } from "@armature/contracts";
import type { CallPlan, Rung } from "./call-plan.js";

/** More characters than nearly any text has for a token, so that a text is called too long only when it surely is. */
const MOST_CHARS_PER_TOKEN = 6;

/**
 * Whether the model takes what the call contains: tools, images, and a prompt that may fit its window. A schema is taken
 * by every model, since each is asked for JSON in its own way; where that is by a tool, it must know tools.
 */
export function isCapable(plan: CallPlan, { model }: Rung): boolean {
  const { tools, vision, contextTokens, structuredOutput } = model.capabilities;
  if (plan.parameters.tools?.length && !tools) return false;
  if (plan.parameters.responseSchema && structuredOutput === "tool" && !tools) return false;
  if (!vision && plan.messages.some(hasImage)) return false;
  return charsOf(plan.messages) / MOST_CHARS_PER_TOKEN <= contextTokens;
}

/** About how many tokens the prompt has, at four characters each. */
export function likelyTokens({ messages }: CallPlan): number {
  return charsOf(messages) / 4;
}

function hasImage({ content }: Message): boolean {
  return typeof content !== "string" && content.some(({ type }) => type === "image_url");
}

function charsOf(messages: readonly Message[]): number {
  let chars = 0;
  for (const { content } of messages) {
    if (typeof content === "string") chars += content.length;
    else for (const part of content) if (part.type === "text") chars += part.text.length;
  }
  return chars;
}
