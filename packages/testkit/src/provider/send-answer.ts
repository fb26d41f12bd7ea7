import type { ChatRequest } from "./chat-request.js";
import { type CompletionIdentity, completionBody } from "./completion.js";
import { spoilReply } from "./content-faults.js";
import type { Fault } from "./fault.js";
import type { FullReply } from "./reply.js";
import { sendStream } from "./send-stream.js";
import type { Transmission } from "./transmission.js";
import { cutConnection, resetConnection, sendBody } from "./wire.js";

const HTML = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";

export interface AnswerPlan {
  readonly identity: CompletionIdentity;
  readonly request: ChatRequest;
  readonly reply: FullReply;
  readonly fault: Fault | undefined;
  /** Milliseconds before the answer, and before each token of a stream. */
  readonly latencyMs: number;
  readonly tokenDelayMs: number;
}

/** Sends one answer, broken as the plan says. */
export async function sendAnswer(transmission: Transmission, plan: AnswerPlan): Promise<void> {
  const { fault, request } = plan;
  if (fault?.kind === "no_answer") return;
  await transmission.pause(plan.latencyMs);
  if (fault?.kind === "reset") return transmission.finish(() => resetConnection(transmission.response));
  if (fault?.kind === "status") return sendStatus(transmission, fault);
  if (fault?.kind === "html_body") {
    return sendWhole(transmission, fault.status ?? 200, HTML, { "content-type": "text/html" });
  }
  if (fault?.kind === "empty_body") return sendWhole(transmission, 200, "");
  if (fault?.kind === "error_body") {
    return sendWhole(
      transmission,
      200,
      errorBody(fault.code ?? "server_error", fault.message ?? "The server had an error."),
    );
  }
  const spoiled = { ...plan, reply: spoilReply(plan.reply, fault) };
  return request.stream ? sendStream(transmission, spoiled) : sendCompletion(transmission, spoiled);
}

async function sendCompletion(transmission: Transmission, plan: AnswerPlan): Promise<void> {
  const { fault } = plan;
  const body = completionBody(plan.identity, plan.reply);
  const text = JSON.stringify(body);
  switch (fault?.kind) {
    case "slow_first_token":
      await transmission.pause(fault.ms);
      return sendWhole(transmission, 200, text);
    case "empty_choices":
      return sendWhole(transmission, 200, JSON.stringify({ ...body, choices: [] }));
    case "missing_chunk":
      return sendWhole(transmission, 200, JSON.stringify({ ...body, choices: [{ index: 0, finish_reason: "stop" }] }));
    case "malformed_chunk":
      return sendWhole(transmission, 200, text.replace('"choices":', '"choices"'));
    case "truncated_body":
      return sendWhole(transmission, 200, text.slice(0, text.length / 2));
    case "broken_chunking":
      return sendHalf(transmission, text, () => transmission.response.socket?.end("\r\nzz\r\n"));
    case "cut_stream":
      return sendHalf(transmission, text, () => cutConnection(transmission.response));
    case "stalled_stream":
      return sendHalf(transmission, text);
    default:
      return sendWhole(transmission, 200, text);
  }
}

function sendStatus(transmission: Transmission, fault: Extract<Fault, { kind: "status" }>): void {
  const code = fault.code ?? (fault.status === 429 ? "rate_limit_exceeded" : "server_error");
  const message = fault.message ?? `The provider answers with status ${fault.status}.`;
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  sendWhole(transmission, fault.status, errorBody(code, message), headers);
}

function errorBody(code: string, message: string): string {
  return JSON.stringify({ error: { message, type: code, param: null, code } });
}

function sendWhole(
  transmission: Transmission,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  transmission.finish(() => {
    transmission.entry.status = status;
    transmission.markFirstToken();
    sendBody(transmission.response, status, body, headers);
  });
}

// Without an end the connection stays open until the client leaves.
async function sendHalf(transmission: Transmission, text: string, end?: () => void): Promise<void> {
  const { response, entry } = transmission;
  entry.status = 200;
  // In chunks, so that the break lies in the encoding and not only in a length that is not reached.
  response.writeHead(200, { "content-type": "application/json" });
  transmission.markFirstToken();
  await new Promise<void>((resolve) => response.write(text.slice(0, text.length / 2), () => resolve()));
  if (end) transmission.finish(end);
}
