import type { CallPlan, Rung } from "./call-plan.js";
import type { ClassifiedFault } from "./fault.js";
import type { Health } from "./health.js";

/**
 * The next model below `rung` that could answer where this one could not; `undefined` where there is none. After a
 * context-length fault only a larger window helps. A model that cannot take the request at all is passed over.
 */
export function nextRung(
  plan: CallPlan,
  rung: number,
  fault: ClassifiedFault | undefined,
  health: Health | undefined,
): number | undefined {
  const current = plan.ladder[rung]!.model.capabilities.contextTokens;
  for (let next = rung + 1; next < plan.ladder.length; next++) {
    const candidate = plan.ladder[next]!;
    if (fault?.disposition === "larger" && candidate.model.capabilities.contextTokens <= current) continue;
    if (!isCapable(plan, candidate)) continue;
    if (health?.state(candidate.route) === "open") continue;
    return next;
  }
  return undefined;
}

/** Where the call starts: the first model from `startRung` on that takes what the call contains, if any says so. */
export function firstRung(plan: CallPlan): number {
  for (let rung = plan.startRung; rung < plan.ladder.length; rung++)
    if (isCapable(plan, plan.ladder[rung]!)) return rung;
  return plan.startRung;
}

/** Whether the model takes what the call contains: tools and images. */
export function isCapable(plan: CallPlan, { model }: Rung): boolean {
  const { tools, vision } = model.capabilities;
  if (plan.parameters.tools?.length && !tools) return false;
  return vision || !plan.messages.some(({ content }) => typeof content !== "string" && content.some(isImage));
}

function isImage(part: { readonly type: string }): boolean {
  return part.type === "image_url";
}
