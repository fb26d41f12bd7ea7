import type { FailureCode } from "./failure-code.js";
import type { Issue } from "./issue.js";
import type { JsonValue } from "./json.js";

/** Why a request has no value. Plain JSON: it stands in the state, the record and the outcome alike. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened, where, and what to do. Holds no secret and no redacted text. */
  readonly message: string;
  /** The stage or graph node that ended in it. */
  readonly stage?: string;
  /** The plugin at fault, where there is one. */
  readonly plugin?: string;
  readonly retryable: boolean;
  /** Milliseconds after which a retry makes sense, where that is known. */
  readonly retryAfterMs?: number;
  readonly issues?: readonly Issue[];
  /** Facts of this code: the scope and reset time of a budget, the labels of a guard. */
  readonly details?: { readonly [key: string]: JsonValue };
  /** The error underneath, reduced to its name and message. */
  readonly cause?: { readonly name: string; readonly message: string };
}
