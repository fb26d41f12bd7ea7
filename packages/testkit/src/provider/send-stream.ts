import { type StreamEvent, wireEvent } from "./dialect.js";
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
  const events = plan.dialect.events(plan.identity, plan.reply, plan.request);
  const end = events.pop();
  for (const [index, event] of events.entries()) {
    if (await breakAt(transmission, plan)) return;
    if (event.token) await transmission.pause(plan.tokenDelayMs);
    if (transmission.gone) return;
    const spoiled = spoilEvent(event, index + 1, plan);
    if (spoiled === undefined) continue;
    await writePart(response, wireEvent(spoiled));
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
  const last = end ? wireEvent(end) : "";
  transmission.finish(() => response.end(fault?.kind === "truncated_body" ? last.slice(0, last.length / 2) : last));
}

/** The event as it is sent; `undefined` when it never is. */
function spoilEvent(event: StreamEvent, place: number, { fault, dialect }: AnswerPlan): StreamEvent | undefined {
  switch (fault?.kind) {
    case "malformed_chunk":
      return place === fault.at ? { ...event, data: event.data.slice(0, event.data.length / 2) } : event;
    case "missing_chunk":
      return place === fault.at ? undefined : event;
    case "empty_choices": {
      const data = dialect.withoutContent(JSON.parse(event.data) as Record<string, unknown>);
      return data && { ...event, data: JSON.stringify(data) };
    }
    default:
      return event;
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
  if (fault.kind === "error_event") {
    const last = wireEvent(plan.dialect.errorEvent(fault.code, fault.message));
    transmission.finish(() => response.end(last));
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
  const beat = plan.dialect.heartbeat(fault.heartbeat, plan.identity);
  while (!transmission.gone) {
    await writePart(transmission.response, beat);
    await transmission.pause(fault.heartbeatMs ?? 50);
  }
}
