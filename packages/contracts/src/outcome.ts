import type { Attempt } from "./attempt.js";
import type { Change } from "./change.js";
import type { CostLine } from "./cost-line.js";
import type { Failure } from "./failure.js";
import type { CacheProvenance } from "./record-trace.js";
import type { Usage } from "./usage.js";
import type { VerdictEntry } from "./verdict.js";

/** How every request ends: with a value that satisfies its schema, or with a typed failure. Never both, never neither. */
export type Outcome<Value> = Accepted<Value> | Refused;

export interface Accepted<Value> extends OutcomeFacts {
  readonly ok: true;
  readonly value: Value;
  /** The application's name of the model whose answer was accepted. */
  readonly route: string;
}

export interface Refused extends OutcomeFacts {
  readonly ok: false;
  readonly failure: Failure;
}

export interface OutcomeFacts {
  readonly requestId: string;
  readonly task: string;
  /** Every attempt, in the order in which they ended. */
  readonly attempts: readonly Attempt[];
  /** Every difference between the model's text and the value. */
  readonly changes: readonly Change[];
  readonly verdicts: readonly VerdictEntry[];
  readonly costs: readonly CostLine[];
  /** Present when the answer came from a cache. */
  readonly cache?: CacheProvenance;
  /** Sum over all attempts, failed ones included. */
  readonly usage: Usage;
  /** Sum of `costs`, in integer micro-dollars. */
  readonly costMicroUsd: number;
  /** From acceptance to the durable record, pauses excluded. */
  readonly durationMs: number;
  /** What was given up to reach this outcome: a store that failed, a journal in degraded mode. */
  readonly degraded: readonly string[];
}
