import type { Admission, AttemptPlan, Charge, Gate, Settlement } from "@armature/contracts";
import { costOf } from "./cost.js";
import type { PriceOverlay } from "./price.js";

/**
 * A gate where no budget applies: it lets every attempt through as it is and prices what was used. An unknown price, and
 * an attempt without usage, cost 0 and carry no price version.
 */
export function meter({ overlay }: { readonly overlay?: PriceOverlay } = {}): Gate {
  const plans = new Map<string, Pick<AttemptPlan, "provider" | "model">>();
  const charges = new Map<string, Charge>();
  return {
    async admit(plan): Promise<Admission> {
      plans.set(plan.attemptId, { provider: plan.provider, model: plan.model });
      return { maxOutputTokens: plan.maxOutputTokens, heldMicroUsd: 0 };
    },
    async settle(attemptId, { usage, model }: Settlement): Promise<Charge> {
      const plan = plans.get(attemptId);
      const charge = charges.get(attemptId) ?? {
        ...(plan && usage ? costOfAnswer(plan, usage, model, overlay) : { microUsd: 0 }),
        debtMicroUsd: 0,
      };
      charges.set(attemptId, charge);
      plans.delete(attemptId);
      return charge;
    },
  };
}

/** Priced as the model that answered; where that one has no price (an alias, a gateway's name) as the one asked for. */
export function costOfAnswer(
  plan: Pick<AttemptPlan, "provider" | "model">,
  usage: NonNullable<Settlement["usage"]>,
  answeredBy: string | undefined,
  overlay: PriceOverlay | undefined,
  at?: number,
) {
  if (answeredBy !== undefined && answeredBy !== plan.model) {
    const cost = costOf(usage, plan.provider, answeredBy, overlay, at);
    if (cost.priceVersion !== undefined) return cost;
  }
  return costOf(usage, plan.provider, plan.model, overlay, at);
}
