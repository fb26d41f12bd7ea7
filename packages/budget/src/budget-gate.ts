import { randomUUID } from "node:crypto";
import {
  type Admission,
  ArmatureError,
  type AttemptPlan,
  type BudgetStore,
  type Charge,
  type Clock,
  type Gate,
  type Settlement,
  systemClock,
} from "@armature/contracts";
import { accountOf, type BudgetAccount, type BudgetSpec, type BudgetSubject } from "./budget-spec.js";
import { costOfAnswer } from "./meter.js";
import { type PriceOverlay, priceOf } from "./price.js";
import { worstCase } from "./worst-case.js";

export interface GateOptions {
  readonly store: BudgetStore;
  /** All of them apply, all or none is held. */
  readonly budgets: readonly BudgetSpec[];
  readonly subject: BudgetSubject;
  /** The machine's clock by default. */
  readonly clock?: Clock;
  readonly overlay?: PriceOverlay;
}

interface Admitted {
  readonly plan: Pick<AttemptPlan, "provider" | "model">;
  readonly heldMicroUsd: number;
}

/**
 * The gate of one request: every attempt holds its worst case under all `budgets` before it is sent. `admit` lowers
 * `max_tokens` to what the headroom buys, down to the plan's least, before it refuses.
 *
 * Failures of `admit`: `BUDGET_EXCEEDED` with `details` `{ scope, window, resetsAt, account, availableMicroUsd,
 * neededMicroUsd }`; `PRICE_UNKNOWN` with `{ provider, model }`; `TENANT_REQUIRED`; `PLUGIN_FAILED` with `{ provider,
 * model }` when the store does not answer. `settle` fails with `PLUGIN_FAILED` likewise: the hold stands then, is charged
 * in full as it expires, and may be settled once more.
 */
export function createGate({ store, budgets, subject, clock = systemClock, overlay }: GateOptions): Gate {
  const named = { ...subject, request: subject.request ?? randomUUID() };
  const admitted = new Map<string, Admitted>();
  const charges = new Map<string, Charge>();

  return {
    async admit(plan): Promise<Admission> {
      requireTenant(budgets, subject);
      const now = clock.now();
      const price = priceOf(plan.provider, plan.model, overlay, now);
      if (!price) throw priceUnknown(plan);
      const worst = worstCase(plan, price);
      const accounts = budgets.map((spec) => accountOf(spec, named, now));
      const result = await reach(store, plan, "nothing may be spent", () =>
        store.hold({
          attemptId: plan.attemptId,
          lines: accounts.map(({ account, capMicroUsd }) => ({ account, capMicroUsd })),
          microUsd: worst.microUsd,
          atLeastMicroUsd: worst.atLeastMicroUsd,
          dispatched: true,
          now,
          expiresAt: plan.expiresAt,
        }),
      );
      if (!result.held) throw exceeded(accounts, result.account, result.availableMicroUsd, worst.atLeastMicroUsd);
      const { provider, model } = plan;
      admitted.set(plan.attemptId, { plan: { provider, model }, heldMicroUsd: result.microUsd });
      return { maxOutputTokens: worst.outputTokensFor(result.microUsd), heldMicroUsd: result.microUsd };
    },

    async settle(attemptId, settlement: Settlement): Promise<Charge> {
      const settled = charges.get(attemptId);
      if (settled) return settled;
      const attempt = admitted.get(attemptId);
      if (!attempt) return { microUsd: 0, debtMicroUsd: 0 };
      const now = clock.now();
      const cost = costAfter(attempt, settlement, overlay, now);
      const gone = "the whole hold stands as a charge";
      const debtMicroUsd = await reach(store, attempt.plan, gone, () => store.settle(attemptId, cost.microUsd, now));
      const charge = { ...cost, debtMicroUsd };
      charges.set(attemptId, charge);
      return charge;
    },
  };
}

// Without usage the provider may have billed anything up to the worst case: the whole hold is charged.
function costAfter(attempt: Admitted, { usage, model }: Settlement, overlay: PriceOverlay | undefined, now: number) {
  if (usage) return costOfAnswer(attempt.plan, usage, model, overlay, now);
  const price = priceOf(attempt.plan.provider, attempt.plan.model, overlay, now);
  return { microUsd: attempt.heldMicroUsd, ...(price && { priceVersion: price.version }) };
}

function requireTenant(budgets: readonly BudgetSpec[], subject: BudgetSubject): void {
  const scoped = budgets.find((spec) => spec.scope === "tenant" || spec.scope === "user");
  if (!scoped || subject.tenant !== undefined) return;
  throw new ArmatureError(
    "TENANT_REQUIRED",
    `The budget for each ${scoped.scope} and ${scoped.window} needs to know the tenant: pass \`tenant\` in the run options`,
  );
}

function priceUnknown({ provider, model }: AttemptPlan): ArmatureError {
  return new ArmatureError(
    "PRICE_UNKNOWN",
    `A budget applies and ${provider}/${model} has no known price: declare it in the price overlay`,
    { details: { provider, model } },
  );
}

function exceeded(
  accounts: readonly BudgetAccount[],
  account: string,
  available: number,
  needed: number,
): ArmatureError {
  const line = accounts.find((candidate) => candidate.account === account);
  const facts = { account, availableMicroUsd: available, neededMicroUsd: needed };
  if (!line) return new ArmatureError("BUDGET_EXCEEDED", `The budget ${account} is used up`, { details: facts });
  const { scope, window, usd } = line.spec;
  const until = line.resetsAt === null ? "" : `; it resets at ${new Date(line.resetsAt).toISOString()}`;
  return new ArmatureError(
    "BUDGET_EXCEEDED",
    `The next attempt may cost ${dollars(needed)} and the ${scope} budget of ${usd} USD a ${window} has ${dollars(available)} left${until}`,
    { details: { scope, window, resetsAt: line.resetsAt, ...facts } },
  );
}

function dollars(microUsd: number): string {
  return `${(microUsd / 1_000_000).toFixed(6)} USD`;
}

// What cannot be counted may not be spent.
async function reach<Result>(
  store: BudgetStore,
  { provider, model }: Admitted["plan"],
  consequence: string,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    const name = store.constructor.name;
    throw new ArmatureError(
      "PLUGIN_FAILED",
      `The budget store does not answer for an attempt with ${provider}/${model}: ${consequence}`,
      { plugin: name === "Object" ? "budget-store" : name, details: { provider, model }, cause },
    );
  }
}
