import type { Answer } from "./answer.js";
import type { CallParameters } from "./call-parameters.js";
import type { FailureCode } from "./failure-code.js";
import type { Usage } from "./usage.js";

/** One call that was made, or tried, to a model. Failed, cancelled and hedged ones are attempts like any other. */
export interface Attempt {
  readonly id: string;
  /** 1 for the first attempt of the request; one count over retries, hedges, fallbacks, re-asks and plugin calls. */
  readonly number: number;
  readonly stage: string;
  /** How often that stage had been entered, 1 for the first. */
  readonly visit: number;
  /** The application's name for the model: a key of `models`. */
  readonly route: string;
  /** Who was asked, as the price list spells it: `openai`, `anthropic`. */
  readonly provider?: string;
  /** The provider's name for the model that was asked for. */
  readonly model: string;
  /** The model that the provider says has answered. */
  readonly answeredBy?: string;
  readonly why: "first" | "retry" | "hedge" | "fallback";
  /** What was sent beside the messages; tools and schema are named by the prompt's hash. */
  readonly parameters?: Omit<CallParameters, "tools" | "responseSchema">;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
  readonly result: "answered" | "failed" | "cancelled";
  /** What came back; also a cut answer, which is a fault all the same. */
  readonly answer?: Answer;
  readonly fault?: AttemptFault;
  readonly usage?: Usage;
  readonly costMicroUsd: number;
}

export interface AttemptFault {
  /** The code that the request ends in when nothing else helps. */
  readonly code: FailureCode;
  /** The kind of fault: `rate_limit`, `stalled_stream`, `html_body`, `context_length` ... */
  readonly kind: string;
  readonly message: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  readonly retryAfterMs?: number;
}
