import { ArmatureError, type Attempt, describeCause, type Failure, type FailureCode } from "@armature/contracts";
import type { CallPlan } from "./call-plan.js";
import { withoutKeys } from "./error-facts.js";
import type { ClassifiedFault } from "./fault.js";

/** The failure that a call ends in, with the latest fault as its cause and every attempt in a word. */
export function failureOf(
  code: FailureCode,
  fault: ClassifiedFault | undefined,
  plan: CallPlan,
  attempts: readonly Attempt[],
  rung: number,
): Failure {
  const route = plan.ladder[rung]!.route;
  const retryAfterMs = fault?.fault.retryAfterMs;
  const failure = new ArmatureError(code, messageOf(code, fault, route, attempts), {
    stage: plan.stage,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(attempts.length > 0 && { details: { attempts: attempts.map(inAWord) } }),
  }).toFailure();
  const cause = describeCause(fault?.cause);
  return cause ? { ...failure, cause: { ...cause, message: withoutKeys(cause.message) } } : failure;
}

function messageOf(
  code: FailureCode,
  fault: ClassifiedFault | undefined,
  route: string,
  attempts: readonly Attempt[],
): string {
  const tries = attempts.length === 1 ? "one attempt" : `${attempts.length} attempts`;
  const last = fault ? `; the latest fault, on "${route}": ${fault.fault.kind}, ${fault.fault.message}` : "";
  switch (code) {
    case "CANCELLED":
      return `The caller cancelled the call after ${tries}.`;
    case "DEADLINE_EXCEEDED":
      return `The deadline passed after ${tries}${last}`;
    case "ATTEMPTS_EXHAUSTED":
      return attempts.length === 0
        ? "The request has used up all its attempts before this call."
        : `All ${tries} that the request may make are used up${last}`;
    case "PROVIDER_UNAVAILABLE":
      return attempts.length === 0
        ? `No route is open: the breaker of "${route}" lets nothing through.`
        : `No route answered in ${tries}${last}`;
    default:
      return `"${route}" cannot answer this request (${fault?.fault.kind}): ${fault?.fault.message}`;
  }
}

function inAWord({ number, route, fault }: Attempt): string {
  return `${number} ${route}: ${fault?.kind ?? "answered"}`;
}
