import { ArmatureError, describeCause, FAILURE_CODES, type Failure, type FailureCode } from "@armature/contracts";

/** A failure of a code, with its retryability filled in. */
export function failure(
  code: FailureCode,
  message: string,
  facts: Partial<Omit<Failure, "code" | "message">> = {},
): Failure {
  return { code, message, retryable: FAILURE_CODES[code].retryable, ...facts };
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
