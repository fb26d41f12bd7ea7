import type { Failure } from "./failure.js";
import { FAILURE_CODES, type FailureCode } from "./failure-code.js";

// A registered symbol, so that two installed copies of this package still know each other's errors.
const MARKER = Symbol.for("armature.error");

export interface ArmatureErrorOptions extends Partial<Omit<Failure, "code" | "message" | "cause">> {
  readonly cause?: unknown;
}

/**
 * The one error class of Armature. Definitions and boots throw it; inside a request it is turned into a
 * {@link Failure} before it reaches the caller.
 */
export class ArmatureError extends Error {
  readonly code: FailureCode;
  readonly facts: Omit<ArmatureErrorOptions, "cause">;

  constructor(code: FailureCode, message: string, options: ArmatureErrorOptions = {}) {
    const { cause, ...facts } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ArmatureError";
    this.code = code;
    this.facts = facts;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether `error` is an ArmatureError, also one of another installed copy of this package. */
  static isInstance(error: unknown): error is ArmatureError {
    return typeof error === "object" && error !== null && MARKER in error;
  }

  /** The JSON form of this error, as it stands in state, record and outcome. */
  toFailure(): Failure {
    const cause = describeCause(this.cause);
    return {
      code: this.code,
      message: this.message,
      retryable: FAILURE_CODES[this.code].retryable,
      ...this.facts,
      ...(cause && { cause }),
    };
  }
}

/** Whatever was thrown, reduced to what may be stored: its name and message, without stack and attached objects. */
export function describeCause(cause: unknown): { name: string; message: string } | undefined {
  if (cause === undefined || cause === null) return undefined;
  try {
    if (cause instanceof Error) return { name: String(cause.name), message: String(cause.message) };
    return { name: typeof cause, message: String(cause) };
  } catch {
    // Such as an object without a prototype: who reports an error must not fail because of it.
    return { name: typeof cause, message: "(something that cannot be written as text)" };
  }
}
