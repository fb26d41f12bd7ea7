import { ArmatureError, describeCause, FAILURE_CODES, type Failure, type FailureCode } from "@armature/contracts";

/** A failure of a code, with its retryability filled in. */
export function failure(
  code: FailureCode,
  message: string,
  facts: Partial<Omit<Failure, "code" | "message">> = {},
): Failure {
  return { code, message, retryable: FAILURE_CODES[code].retryable, ...facts };
}

/**
 * Whether a plugin failed for want of money only: that is the request's own failure, which trying again does not mend, and
 * no fault of the plugin.
 */
export function isUnaffordable(thrown: unknown): boolean {
  return ArmatureError.isInstance(thrown) && (thrown.code === "BUDGET_EXCEEDED" || thrown.code === "PRICE_UNKNOWN");
}

/** The failure that something thrown inside a node stands for. */
export function failureOf(thrown: unknown, node: string): Failure {
  if (ArmatureError.isInstance(thrown)) return { stage: node, ...thrown.toFailure() };
  const cause = describeCause(thrown);
  return failure("STAGE_FAILED", `Node "${node}" threw${cause ? `: ${cause.message}` : "."}`, {
    stage: node,
    ...(cause && { cause }),
  });
}
