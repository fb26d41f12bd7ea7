import type { Message } from "./message.js";
import type { Usage } from "./usage.js";

/** The attempt that is about to be sent. */
export interface AttemptPlan {
  readonly attemptId: string;
  readonly provider: string;
  readonly model: string;
  readonly messages: readonly Message[];
  /** Size in UTF-8 bytes of what is sent besides the messages: tool and response schemas, an answer to be continued. */
  readonly overheadBytes: number;
  /** The wished `max_tokens`. */
  readonly maxOutputTokens: number;
  /** Below this many output tokens the answer is of no use: refuse rather than lower further. */
  readonly minOutputTokens: number;
  /** Epoch milliseconds after which a hold that nobody has settled is a charge. */
  readonly expiresAt: number;
}

export interface Admission {
  /** The `max_tokens` that was paid for; at most the wished one. */
  readonly maxOutputTokens: number;
  readonly heldMicroUsd: number;
}

/** What is known about an attempt that has ended. Without `usage` the whole hold is charged. */
export interface Settlement {
  readonly usage?: Usage;
  /** The model that answered, when it is not the one that was asked for. */
  readonly model?: string;
}

export interface Charge {
  readonly microUsd: number;
  readonly priceVersion?: string;
  /** What the provider billed beyond the hold. */
  readonly debtMicroUsd: number;
}

/**
 * Where `resilience` meets `budget` without either knowing the other. One `admit` right before an attempt is sent, then
 * one `settle`.
 */
export interface Gate {
  /**
   * Holds the worst case, or throws `BUDGET_EXCEEDED` or `PRICE_UNKNOWN`. Until it is settled the hold is a charge, since
   * the provider may bill it.
   */
  admit(plan: AttemptPlan): Promise<Admission>;
  /**
   * Idempotent by attempt id. Where it rejects the hold stands, as a charge. An attempt that was not sent after all is
   * settled with a usage of nothing.
   */
  settle(attemptId: string, settlement: Settlement): Promise<Charge>;
}
