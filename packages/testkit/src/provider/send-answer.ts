import type { ChatRequest } from "./chat-request.js";
import { spoilReply } from "./content-faults.js";
import type { AnswerIdentity, Dialect } from "./dialect.js";
import type { Fault } from "./fault.js";
import type { FullReply } from "./reply.js";
import { sendInstead, sendJson, sendWhole } from "./send-body.js";
import { sendStream } from "./send-stream.js";
import type { Transmission } from "./transmission.js";

export interface AnswerPlan {
  readonly dialect: Dialect;
  readonly identity: AnswerIdentity;
  readonly request: ChatRequest;
  readonly reply: FullReply;
  readonly fault: Fault | undefined;
  /** Milliseconds before the answer, and before each token of a stream. */
  readonly latencyMs: number;
  readonly tokenDelayMs: number;
}

/** Sends one answer, broken as the plan says. */
export async function sendAnswer(transmission: Transmission, plan: AnswerPlan): Promise<void> {
  const { dialect, fault, request } = plan;
  if (fault?.kind === "no_answer") return;
  await transmission.pause(plan.latencyMs);
  if (sendInstead(transmission, fault, dialect)) return;
  const spoiled = { ...plan, reply: spoilReply(plan.reply, fault) };
  return request.stream ? sendStream(transmission, spoiled) : sendCompletion(transmission, spoiled);
}

async function sendCompletion(transmission: Transmission, plan: AnswerPlan): Promise<void> {
  const { dialect, fault } = plan;
  const body = dialect.body(plan.identity, plan.reply);
  switch (fault?.kind) {
    case "empty_choices":
      return sendJson(transmission, dialect.withoutContent(body) ?? {}, fault);
    case "missing_chunk":
      return sendJson(transmission, dialect.withoutMessage(body), fault);
    case "error_event": {
      const { overloaded } = dialect;
      return sendWhole(transmission, overloaded, JSON.stringify(dialect.error(overloaded, fault.code, fault.message)));
    }
    default:
      return sendJson(transmission, body, fault);
  }
}
