import { isBroken, owesFinishReason } from "./answer.js";
import { type ClassifiedFault, faultOf } from "./fault.js";
import type { Received } from "./transmission.js";

/** What makes an answer that came without an error none all the same; `undefined` for a real answer. */
export function answerFault({ answer, finishReason, message }: Received): ClassifiedFault | undefined {
  if (answer.finish === "content_filter") {
    const reason = answer.refusal ?? `finish reason ${finishReason}`;
    return faultOf("CONTENT_FILTERED", "content_filter", "stop", `The provider's filter stopped the answer: ${reason}`);
  }
  if (finishReason === undefined) {
    if (!message) return unavailable("cut_stream", "The stream ended without a finish reason.");
    if (owesFinishReason(message)) return unavailable("cut_answer", "The answer has no finish reason: it may be cut.");
  } else if (isBroken(finishReason)) {
    return unavailable("broken_answer", `The provider gave the answer up: finish reason "${finishReason}".`);
  }
  if (answer.finish === "length") return undefined;
  const cut = answer.toolCalls.find(({ name, argumentsText }) => name === "" || isCut(argumentsText));
  if (cut)
    return unavailable("cut_answer", `The answer's call of "${cut.name}" is cut, although it has a finish reason.`);
  if (answer.text === "" && answer.toolCalls.length === 0 && answer.refusal === undefined) {
    return unavailable("empty_answer", "The answer has neither text nor tool calls.");
  }
  return undefined;
}

function unavailable(kind: string, message: string): ClassifiedFault {
  return faultOf("PROVIDER_UNAVAILABLE", kind, "retry", message);
}

/** Whether JSON ends within a string, an object or a list; text that is no JSON in another way is the model's own. */
function isCut(json: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (isInString) {
      if (char === "\\") at++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
  }
  return isInString || depth > 0;
}
