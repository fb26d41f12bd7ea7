import type { AttemptPlan, Settlement } from "@armature/contracts";
import { createGate, type GateOptions } from "./budget-gate.js";

/** What the work under a hold gets, and what it must tell. */
export type HeldWork<Result> = (admission: {
  readonly maxOutputTokens: number;
  readonly heldMicroUsd: number;
}) => Promise<{
  readonly result: Result;
  readonly settlement: Settlement;
}>;

/**
 * Runs one call to a provider under budgets, without a gate of one's own: holds its worst case, runs `work`,
 * settles with what was used. When `work` throws, the provider may have billed, so the whole hold is charged.
 *
 * @throws ArmatureError as {@link createGate}; nothing has been sent then
 */
export async function holdBudget<Result>(
  options: GateOptions & { readonly plan: AttemptPlan },
  work: HeldWork<Result>,
): Promise<Result> {
  const { plan, ...gateOptions } = options;
  const gate = createGate(gateOptions);
  const admission = await gate.admit(plan);
  let settlement: Settlement = {};
  try {
    const done = await work(admission);
    settlement = done.settlement;
    return done.result;
  } finally {
    // Without its store the hold stands as a charge: no reason to lose the answer.
    await gate.settle(plan.attemptId, settlement).catch(() => undefined);
  }
}
