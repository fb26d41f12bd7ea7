import type { Attempt, RequestRecord } from "@armature/contracts";

/**
 * Why an attempt was made. Resilience knows no more than one visit of a stage, in which every one begins with a `first`;
 * which visit that was, and what led to it, only the whole record tells.
 */
export function attemptReason(attempt: Attempt, { state, timings }: RequestRecord): string {
  const { stage, visit, why } = attempt;
  if (stage === "plugin") return why === "first" ? "a plugin asked" : `a plugin asked, ${why}`;
  if (why !== "first" || visit === 1) return why;
  const entered = timings.findIndex((timing) => timing.stage === stage && timing.visit === visit);
  const led = timings.slice(0, Math.max(0, entered)).findLast((timing) => LEADS.has(timing.stage));
  if (led?.stage === "tools") return "tool results";
  if (led?.stage !== "repair") return `visit ${visit}`;
  const before = state.attempts.findLast(
    (one) => one.stage === stage && one.visit === visit - 1 && one.result === "answered",
  );
  return before && before.route !== attempt.route ? `re-ask, up from ${before.route}` : "re-ask";
}

/** The stages after which a model is asked once more. */
const LEADS = new Set(["tools", "repair"]);
