import type { Answer, Attempt, CallParameters, Charge, CostLine } from "@armature/contracts";
import { AIMessage } from "@langchain/core/messages";
import { answerFault } from "./answer-fault.js";
import { attemptTimeoutMs, isOver } from "./attempt-timeout.js";
import type { CallContext } from "./call-context.js";
import { type ClassifiedFault, classifyFault, faultOf } from "./fault.js";
import { gateFailure, type Held, NOTHING, settleHold, takeHold } from "./hold.js";
import type { LiveText } from "./live-delivery.js";
import { Stopped, StreamBroken, transmit } from "./transmission.js";
import { type Order, refused, type Turn } from "./turn.js";

export interface AttemptReport {
  readonly attempt: Attempt;
  readonly cost: CostLine | undefined;
  readonly fault: ClassifiedFault | undefined;
  readonly message: AIMessage | undefined;
}

/** What the attempt itself brought, before it is paid. */
interface Ending {
  readonly answer?: Answer | undefined;
  readonly fault?: ClassifiedFault | undefined;
  readonly message?: AIMessage | undefined;
  readonly firstTokenAt?: number | undefined;
}

/** The innermost policies: one attempt under the cap, held and paid by the gate, bounded in time, its answer looked at. */
export async function makeAttempt(call: CallContext, order: Order): Promise<Turn> {
  const { plan, services, ledger } = call;
  const { clock, gate, ids } = services;
  if (!ledger.reserve()) return refused(call.fail("ATTEMPTS_EXHAUSTED"));
  const { route, model } = call.rungAt(order.rung);
  const id = ids.next();
  let held: Held | undefined;
  try {
    if (gate) held = await takeHold(call, order.rung, id);
  } catch (error) {
    ledger.giveBack();
    return refused(gateFailure(call, error));
  }

  const startedAt = clock.now();
  const parameters = held?.parameters ?? plan.parameters;
  const started = { number: ledger.nextNumber(), route, model: model.name, why: order.why, startedAt };
  plan.on?.({ type: "attempt", attemptId: id, ...started });
  order.onSent?.();
  const ending = await send(call, order, parameters, id);
  const latencyMs = clock.now() - startedAt;

  const { answer, fault, firstTokenAt } = ending;
  const usage = answer?.usage ?? (fault?.billed === false ? NOTHING : undefined);
  const answeredBy = answer?.model !== undefined && answer.model !== model.name ? answer.model : undefined;
  const charge = held && (await settleHold(call, id, held, usage, answeredBy));
  const attempt: Attempt = {
    id,
    ...started,
    stage: plan.stage,
    visit: plan.visit,
    provider: model.provider,
    parameters: sentParameters(parameters, model.capabilities.maxOutputTokens),
    ...(answeredBy !== undefined && { answeredBy }),
    latencyMs,
    ...(firstTokenAt !== undefined && { firstTokenMs: firstTokenAt - startedAt }),
    result: fault ? (fault.disposition === "cancelled" ? "cancelled" : "failed") : "answered",
    ...(answer && { answer }),
    ...(fault && { fault: fault.fault }),
    ...(usage && { usage }),
    costMicroUsd: charge?.microUsd ?? 0,
  };
  const cost = charge && costLine(id, answeredBy ?? model.name, charge);
  const report = { attempt, cost, fault, message: ending.message };
  ledger.record(report);
  plan.on?.({ type: "attempt-ended", attempt });
  return { made: true, report };
}

/** What stands in the record: tools, schema and prefix are there already, and no model writes more than it can. */
function sentParameters(parameters: CallParameters, mostTokens: number): Attempt["parameters"] {
  const { tools: _tools, responseSchema: _schema, stablePrefix: _prefix, maxOutputTokens, ...rest } = parameters;
  return { ...rest, maxOutputTokens: Math.min(maxOutputTokens, mostTokens) };
}

async function send(call: CallContext, order: Order, parameters: CallParameters, id: string): Promise<Ending> {
  const { plan, services, messages, extraOptions, live } = call;
  const { clock, signal } = services;
  const { policy } = plan;
  const { model } = call.rungAt(order.rung);
  const { structuredOutput, streaming, prefill: canPrefill } = model.capabilities;
  const streamed = streaming && call.streamed;
  const answerTool = structuredOutput === "tool" ? parameters.responseSchema?.name : undefined;
  // What is written into a tool cannot be continued as a message.
  const prefill = live?.prefillFor(order.rung, canPrefill && answerTool === undefined);
  const text = live?.open(id, prefill);
  let ending: Ending;
  try {
    const options = model.callOptions(parameters);
    const received = await transmit(
      {
        chat: model.chat,
        messages: prefill === undefined ? messages : [...messages, new AIMessage(prefill)],
        options: extraOptions ? { ...options, ...extraOptions } : options,
        answerTool,
        timeoutMs: attemptTimeoutMs(plan, services, order.rung),
        connectTimeoutMs: policy.connectTimeoutMs,
        stream: streamed
          ? {
              firstTokenTimeoutMs: policy.firstTokenTimeoutMs,
              idleTimeoutMs: policy.idleTimeoutMs,
              onFirstToken: order.claim,
              onDelta:
                text &&
                ((delta, isAnew) => ((!isAnew || text.beginAnew()) && text.push(delta) ? undefined : diverged())),
              onToolDelta: live && ((chunk) => plan.on?.({ type: "tool-delta", attemptId: id, chunk })),
            }
          : undefined,
      },
      clock,
      ...(order.signal ? [signal, order.signal] : [signal]),
    );
    const fault = answerFault(received);
    if (!fault && order.claim?.() === false) ending = { ...received, fault: outrun() };
    else if (fault || !text) ending = { ...received, fault };
    else ending = { ...received, ...delivered(received.answer, text, streamed) };
  } catch (error) {
    ending = endingOf(error, call);
  }
  if (prefill === undefined || !ending.fault || !REFUSALS.has(ending.fault.fault.kind)) return ending;
  live!.refusesPrefill(order.rung);
  return { ...ending, fault: prefillRefused(ending.fault) };
}

/**
 * What may be due to the text that was to be continued: a provider that takes none, or a model that has nothing to add.
 * The text may have been cut just before its end; whether it was, nobody can tell.
 */
const REFUSALS: ReadonlySet<string> = new Set(["bad_request", "empty_answer"]);

/** The last of a live answer; the listener has either all of it now or was told otherwise. */
function delivered(answer: Answer, text: LiveText, streamed: boolean): Pick<Ending, "answer" | "fault"> {
  const agrees = (streamed || text.push(answer.text)) && text.finish();
  if (!agrees) return { answer, fault: diverged() };
  return { answer: { ...answer, text: text.whole(answer.text) } };
}

function outrun(): ClassifiedFault {
  return faultOf("CANCELLED", "cancelled", "cancelled", "Another attempt answered at the same moment.");
}

function diverged(): ClassifiedFault {
  const message = "The new answer disagrees with the text that was already delivered.";
  return faultOf("PROVIDER_UNAVAILABLE", "diverged", "failover", message);
}

/** The same route is asked once more, for an answer of its own. */
function prefillRefused(refusal: ClassifiedFault): ClassifiedFault {
  return { ...refusal, fault: { ...refusal.fault, kind: "prefill_refused" }, disposition: "anew" };
}

function endingOf(error: unknown, { services: { clock, deadline } }: CallContext): Ending {
  if (error instanceof Stopped) {
    // A timer and the deadline may fall together; then it is the deadline that counts.
    const late = error.fault.disposition !== "cancelled" && isOver(deadline);
    const fault = late ? deadlineFault() : error.fault;
    return { fault, answer: said(error.partial), firstTokenAt: error.firstTokenAt };
  }
  if (error instanceof StreamBroken) {
    const classified = classifyFault(error.error, clock.now());
    const fault = error.firstTokenAt === undefined ? classified : streamFault(classified);
    return { fault, answer: said(error.partial), firstTokenAt: error.firstTokenAt };
  }
  return { fault: classifyFault(error, clock.now()) };
}

/** The time of the request is over; no further attempt is made. */
function deadlineFault(): ClassifiedFault {
  return faultOf("DEADLINE_EXCEEDED", "deadline", "stop", "The deadline of the request passed during the attempt.");
}

// In a stream that has begun, the same errors mean something narrower.
function streamFault(classified: ClassifiedFault): ClassifiedFault {
  const kinds: Record<string, string> = { malformed_body: "malformed_chunk", connection_reset: "cut_stream" };
  const kind = kinds[classified.fault.kind];
  return kind ? { ...classified, fault: { ...classified.fault, kind } } : classified;
}

function said(answer: Answer | undefined): Answer | undefined {
  return answer && (answer.text !== "" || answer.toolCalls.length > 0 || answer.usage) ? answer : undefined;
}

function costLine(attemptId: string, name: string, charge: Charge): CostLine {
  const { microUsd, priceVersion } = charge;
  return { attemptId, what: "model", name, microUsd, ...(priceVersion !== undefined && { priceVersion }) };
}
