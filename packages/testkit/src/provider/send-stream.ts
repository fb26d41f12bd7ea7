import { streamEvents } from "./completion.js";
import type { Fault } from "./fault.js";
import type { AnswerPlan } from "./send-answer.js";
import type { Transmission } from "./transmission.js";
import { cutConnection, writePart, writeRaw } from "./wire.js";

/** Sends a reply as server-sent events, broken as the plan says. */
export async function sendStream(transmission: Transmission, plan: AnswerPlan): Promise<void> {
  const { fault } = plan;
  const { response, entry } = transmission;
  if (transmission.gone) return;
  entry.status = 200;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.flushHeaders();
  if (fault?.kind === "slow_first_token") await transmission.pause(fault.ms);
  const events = streamEvents(plan.identity, plan.reply, plan.request);
  for (const [index, event] of events.entries()) {
    if (await breakAt(transmission, plan)) return;
    if (event.token) await transmission.pause(plan.tokenDelayMs);
    if (transmission.gone) return;
    const data = spoilEvent(event.data, index + 1, fault);
    if (data === undefined) continue;
    await writePart(response, `data: ${data}\n\n`);
    if (event.token) {
      transmission.markFirstToken();
      entry.tokensSent++;
    }
  }
  if (await breakAt(transmission, plan, true)) return;
  if (fault?.kind === "no_done") {
    if (!fault.open) transmission.finish(() => response.end());
    return;
  }
  transmission.finish(() => {
    response.end(fault?.kind === "truncated_body" ? "data: [DO" : "data: [DONE]\n\n");
  });
}

/** The event as it is sent; `undefined` when it never is. */
function spoilEvent(data: string, place: number, fault: Fault | undefined): string | undefined {
  switch (fault?.kind) {
    case "malformed_chunk":
      return place === fault.at ? data.slice(0, data.length / 2) : data;
    case "missing_chunk":
      return place === fault.at ? undefined : data;
    case "empty_choices":
      return JSON.stringify({ ...JSON.parse(data), choices: [] });
    default:
      return data;
  }
}

/** Breaks the stream where its fault is due; a text that is too short breaks before its end all the same. */
async function breakAt(transmission: Transmission, plan: AnswerPlan, atEnd = false): Promise<boolean> {
  const { fault } = plan;
  const { response, entry } = transmission;
  if (fault === undefined || !("afterTokens" in fault)) return false;
  if (entry.tokensSent < fault.afterTokens && !atEnd) return false;
  if (fault.kind === "stalled_stream") {
    await stall(transmission, plan, fault);
    return true;
  }
  if (fault.kind === "broken_chunking") await writeRaw(response, "zz\r\nnot a chunk\r\n");
  transmission.finish(() => cutConnection(response));
  return true;
}

async function stall(
  transmission: Transmission,
  plan: AnswerPlan,
  fault: Extract<Fault, { kind: "stalled_stream" }>,
): Promise<void> {
  if (fault.heartbeat === undefined) return;
  const empty = {
    ...plan.identity,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { content: "" }, finish_reason: null }],
  };
  const beat = fault.heartbeat === "comment" ? ": keep-alive\n\n" : `data: ${JSON.stringify(empty)}\n\n`;
  while (!transmission.gone) {
    await writePart(transmission.response, beat);
    await transmission.pause(fault.heartbeatMs ?? 50);
  }
}
