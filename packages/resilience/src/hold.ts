import {
  ArmatureError,
  type CallParameters,
  type Charge,
  describeCause,
  type Failure,
  type Gate,
  type JsonObject,
  type ToolSpec,
  type Usage,
} from "@armature/contracts";
import type { CallContext } from "./call-context.js";
import { inTime, TooLate } from "./in-time.js";

/** What was held for one attempt, which may now be sent. */
export interface Held {
  readonly parameters: CallParameters;
  readonly microUsd: number;
}

/** Nothing was spent, since nothing was sent or the provider did not run the model. */
export const NOTHING: Usage = { inputTokens: 0, outputTokens: 0 };

/** A request that was answered in its last moment still has its answer paid. */
const SETTLE_GRACE_MS = 100;
/** An answer is not kept back longer than this by a gate that hangs. */
const SETTLE_MOST_MS = 2_000;

/**
 * Holds the worst case of an attempt that is sent next. No longer than the call may take: what the gate admits after that
 * is settled with nothing.
 *
 * @throws whatever the gate throws, or {@link TooLate}; then nothing is held.
 */
export function takeHold(call: CallContext, rung: number, attemptId: string): Promise<Held> {
  const { clock, deadline, signal } = call.services;
  const gate = call.services.gate!;
  let late = false;
  const taking = take(call, gate, rung, attemptId, () => late);
  return inTime(taking, clock, deadline.remainingMs(), signal).catch((error: unknown) => {
    late = true;
    if (error instanceof TooLate) taking.catch(() => undefined);
    throw error;
  });
}

async function take(
  { plan, services, live }: CallContext,
  gate: Gate,
  rung: number,
  attemptId: string,
  isLate: () => boolean,
): Promise<Held> {
  const { model } = plan.ladder[rung]!;
  const { tools, responseSchema, maxOutputTokens } = plan.parameters;
  const prefill = live?.prefillFor(rung, model.capabilities.prefill) ?? "";
  const admission = await gate.admit({
    attemptId,
    provider: model.provider,
    model: model.name,
    messages: plan.messages,
    overheadBytes:
      sizeOf(tools) +
      sizeOf(responseSchema?.schema) +
      Buffer.byteLength(responseSchema?.name ?? "") +
      Buffer.byteLength(prefill),
    maxOutputTokens: Math.min(maxOutputTokens, model.capabilities.maxOutputTokens),
    minOutputTokens: plan.minOutputTokens,
    expiresAt: services.deadline.at,
  });
  if (isLate()) await gate.settle(attemptId, { usage: NOTHING });
  const lowered = admission.maxOutputTokens !== maxOutputTokens;
  return {
    parameters: lowered ? { ...plan.parameters, maxOutputTokens: admission.maxOutputTokens } : plan.parameters,
    microUsd: admission.heldMicroUsd,
  };
}

const sizes = new WeakMap<object, number>();

/** UTF-8 bytes of something that is sent as JSON. Tools and schemas are those of a task: they are measured once. */
function sizeOf(part: JsonObject | readonly ToolSpec[] | undefined): number {
  if (part === undefined) return 0;
  let size = sizes.get(part);
  if (size === undefined) {
    size = Buffer.byteLength(JSON.stringify(part));
    sizes.set(part, size);
  }
  return size;
}

/**
 * Replaces a hold by what was spent. A gate that does not do it loses neither the answer nor the attempt: the hold,
 * which stays a charge, is what the attempt cost.
 */
export async function settleHold(
  { services, ledger }: CallContext,
  attemptId: string,
  held: Held,
  usage: Usage | undefined,
  model: string | undefined,
): Promise<Charge> {
  const { gate, clock, deadline, signal } = services;
  const left = signal.aborted ? 0 : Math.min(SETTLE_MOST_MS, deadline.remainingMs());
  try {
    const settling = gate!.settle(attemptId, { ...(usage && { usage }), ...(model !== undefined && { model }) });
    const charge = await inTime(settling, clock, Math.max(SETTLE_GRACE_MS, left));
    if (charge.debtMicroUsd > 0) ledger.degraded.push(debtAlert(attemptId, charge));
    return charge;
  } catch (error) {
    const why =
      error instanceof TooLate ? "it did not answer in time" : (describeCause(error)?.message ?? "it did not say why");
    ledger.degraded.push(
      `The budget gate did not settle attempt ${attemptId}: ${why}. Its whole hold counts as spent.`,
    );
    return { microUsd: held.microUsd, debtMicroUsd: 0 };
  }
}

/** A provider that bills beyond the bound that it was given is something that somebody has to look at. */
function debtAlert(attemptId: string, { microUsd, debtMicroUsd }: Charge): string {
  return `The provider billed ${microUsd} micro-dollars for attempt ${attemptId}, ${debtMicroUsd} more than its hold: a debt of the budgets.`;
}

/** Why the gate let nothing through. */
export function gateFailure(call: CallContext, error: unknown): Failure {
  const { stage } = call.plan;
  if (error instanceof TooLate) return call.ended() ?? call.fail("DEADLINE_EXCEEDED");
  if (ArmatureError.isInstance(error)) return { ...error.toFailure(), stage };
  const message = "The budget gate threw; nothing was sent.";
  return new ArmatureError("PLUGIN_FAILED", message, { stage, cause: error }).toFailure();
}
