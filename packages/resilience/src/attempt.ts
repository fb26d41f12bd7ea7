import {
  type Admission,
  type Answer,
  ArmatureError,
  type Attempt,
  type CallParameters,
  type Charge,
  type CostLine,
  type Usage,
} from "@armature/contracts";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { answerFault } from "./answer-fault.js";
import { attemptTimeoutMs, isOver } from "./attempt-timeout.js";
import type { CallPlan, CallServices } from "./call-plan.js";
import { type ClassifiedFault, classifyFault, faultOf } from "./fault.js";
import { type Received, Stopped, StreamBroken, transmit } from "./transmission.js";

export interface AttemptOrder {
  readonly rung: number;
  readonly number: number;
  readonly why: Attempt["why"];
  readonly messages: BaseMessage[];
  /** Call options that the caller adds to those of the model. */
  readonly extraOptions?: Record<string, unknown> | undefined;
}

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

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0 };

/**
 * Makes one attempt: admitted and paid by the gate, bounded in time, its answer looked at.
 *
 * @throws ArmatureError when the gate does not let it pass; then nothing was sent.
 */
export async function makeAttempt(plan: CallPlan, services: CallServices, order: AttemptOrder): Promise<AttemptReport> {
  const { clock, gate, ids } = services;
  const rung = plan.ladder[order.rung]!;
  const { name: modelName } = rung.model;
  const id = ids.next();
  const parameters = gate ? await admit(plan, services, order, id) : plan.parameters;

  const startedAt = clock.now();
  const { number, why } = order;
  plan.on?.({ type: "attempt", attemptId: id, number, route: rung.route, model: modelName, why, startedAt });
  const ending = await send(plan, services, order, parameters, id);
  const latencyMs = clock.now() - startedAt;

  const { answer, fault } = ending;
  const usage = answer?.usage ?? (fault?.billed === false ? NOTHING : undefined);
  const answeredBy = answer?.model !== undefined && answer.model !== modelName ? answer.model : undefined;
  const charge = gate && (await settle(services, id, usage, answeredBy));

  const attempt: Attempt = {
    id,
    number: order.number,
    stage: plan.stage,
    visit: plan.visit,
    route: rung.route,
    model: modelName,
    ...(answeredBy !== undefined && { answeredBy }),
    why: order.why,
    startedAt,
    latencyMs,
    ...(ending.firstTokenAt !== undefined && { firstTokenMs: ending.firstTokenAt - startedAt }),
    result: fault ? (fault.disposition === "cancelled" ? "cancelled" : "failed") : "answered",
    ...(answer && { answer }),
    ...(fault && { fault: fault.fault }),
    ...(usage && { usage }),
    costMicroUsd: charge?.microUsd ?? 0,
  };
  plan.on?.({ type: "attempt-ended", attempt });
  return { attempt, cost: charge && costLine(id, answeredBy ?? modelName, charge), fault, message: ending.message };
}

async function admit(
  plan: CallPlan,
  services: CallServices,
  order: AttemptOrder,
  attemptId: string,
): Promise<CallParameters> {
  const gate = services.gate!;
  const { model } = plan.ladder[order.rung]!;
  const { tools, responseSchema, maxOutputTokens } = plan.parameters;
  const sent = tools || responseSchema ? JSON.stringify([tools, responseSchema]).length : 0;
  const admission: Admission = await gate.admit({
    attemptId,
    provider: model.provider,
    model: model.name,
    messages: plan.messages,
    overheadChars: sent,
    maxOutputTokens: Math.min(maxOutputTokens, model.capabilities.maxOutputTokens),
    minOutputTokens: plan.minOutputTokens,
    expiresAt: services.deadline.at,
  });
  try {
    await gate.dispatch(attemptId);
  } catch (error) {
    await gate.release(attemptId);
    throw error;
  }
  if (admission.maxOutputTokens === maxOutputTokens) return plan.parameters;
  return { ...plan.parameters, maxOutputTokens: admission.maxOutputTokens };
}

async function send(
  plan: CallPlan,
  services: CallServices,
  order: AttemptOrder,
  parameters: CallParameters,
  attemptId: string,
): Promise<Ending> {
  const { clock, signal } = services;
  const { policy } = plan;
  const live = plan.delivery === "live";
  const streamed = live || plan.streamed === true;
  const { model } = plan.ladder[order.rung]!;
  const { structuredOutput } = model.capabilities;
  try {
    const options = model.callOptions(parameters);
    const received: Received = await transmit(
      {
        chat: model.chat,
        messages: order.messages,
        options: order.extraOptions ? { ...options, ...order.extraOptions } : options,
        answerTool: structuredOutput === "tool" ? parameters.responseSchema?.name : undefined,
        timeoutMs: attemptTimeoutMs(plan, services, order.rung),
        ...(streamed && {
          stream: {
            firstTokenTimeoutMs: policy.firstTokenTimeoutMs,
            idleTimeoutMs: policy.idleTimeoutMs,
            onDelta: (text: string) => {
              if (live) plan.on?.({ type: "delta", attemptId, text });
            },
          },
        }),
      },
      clock,
      signal,
    );
    const fault = answerFault(received.answer, received.finishReason, streamed);
    return { ...received, fault };
  } catch (error) {
    return endingOf(error, services);
  }
}

function endingOf(error: unknown, { clock, deadline }: CallServices): Ending {
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
export function deadlineFault(): ClassifiedFault {
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

async function settle(
  { gate }: CallServices,
  id: string,
  usage: Usage | undefined,
  model: string | undefined,
): Promise<Charge | undefined> {
  return gate?.settle(id, { ...(usage && { usage }), ...(model !== undefined && { model }) });
}

function costLine(attemptId: string, name: string, charge: Charge): CostLine {
  const { microUsd, priceVersion } = charge;
  return { attemptId, what: "model", name, microUsd, ...(priceVersion !== undefined && { priceVersion }) };
}

/** Turns what a gate threw into an error of this house. */
export function gateError(error: unknown): ArmatureError {
  if (ArmatureError.isInstance(error)) return error;
  return new ArmatureError("PLUGIN_FAILED", "The budget gate threw; nothing was sent.", { cause: error });
}
