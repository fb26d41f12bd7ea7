import type { Answer } from "@armature/contracts";
import { type ClassifiedFault, faultOf } from "./fault.js";

/** What makes an answer that came without an error none all the same; `undefined` for a real answer. */
export function answerFault(
  answer: Answer,
  finishReason: string | undefined,
  streamed: boolean,
): ClassifiedFault | undefined {
  if (answer.finish === "content_filter") {
    const reason = answer.refusal ?? `finish reason ${finishReason}`;
    return faultOf("CONTENT_FILTERED", "content_filter", "stop", `The provider's filter stopped the answer: ${reason}`);
  }
  if (streamed && finishReason === undefined) {
    return faultOf("PROVIDER_UNAVAILABLE", "cut_stream", "retry", "The stream ended without a finish reason.");
  }
  if (answer.finish === "length") return undefined;
  if (answer.text === "" && answer.toolCalls.length === 0 && answer.refusal === undefined) {
    return faultOf("PROVIDER_UNAVAILABLE", "empty_answer", "retry", "The answer has neither text nor tool calls.");
  }
  return undefined;
}
