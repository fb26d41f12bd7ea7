import type { Answer } from "./answer.js";
import type { Attempt } from "./attempt.js";
import type { Change } from "./change.js";
import type { CostLine } from "./cost-line.js";
import type { Failure } from "./failure.js";
import type { FailureCode } from "./failure-code.js";
import type { Issue } from "./issue.js";
import type { JsonValue } from "./json.js";
import type { Message } from "./message.js";
import type { PromptTrace } from "./prompt-trace.js";
import type { CacheProvenance } from "./record-trace.js";
import type { RetrievalTrace } from "./retrieval-trace.js";
import type { Routing } from "./router.js";
import type { VerdictEntry } from "./verdict.js";

/**
 * Everything that is known about a request while it runs, as JSON: it can be checkpointed, resumed and read anywhere.
 * `null` stands for not yet known. No key has the name of a stage: LangGraph keeps both in one namespace.
 */
export interface RequestState {
  readonly requestId: string;
  readonly task: string;
  readonly tenant: string | null;
  readonly user: string | null;
  readonly thread: string | null;
  /** A digest of the API key that the request came with. */
  readonly key: string | null;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** Milliseconds that earlier legs of a paused request took; 0 for one that was never paused. */
  readonly activeMs: number;
  /** The input, after the input guards. */
  readonly input: JsonValue;
  readonly routing: Routing | null;
  /** Where on the ladder the next call starts. */
  readonly rung: number;
  readonly retrieval: RetrievalTrace | null;
  readonly rendering: PromptTrace | null;
  /** What the next call sends: the rendered prompt, then tool turns and re-asks. */
  readonly messages: readonly Message[];
  readonly answer: Answer | null;
  /** Where the answer came from, when nobody was asked for it. */
  readonly cached: CacheProvenance | null;
  /** The output as JSON, after repair and coercion and before `schema.parse` makes the value of it. */
  readonly candidate: { readonly json: JsonValue } | null;
  /** What is wrong with the latest answer; empty once it is accepted. */
  readonly issues: readonly Issue[];
  /** The code that the request ends in unless a re-ask mends the issues. */
  readonly rejection: FailureCode | null;
  readonly reasks: number;
  readonly toolTurns: number;
  /** How often each stage or node has been entered. */
  readonly visits: { readonly [node: string]: number };
  readonly attempts: readonly Attempt[];
  readonly changes: readonly Change[];
  readonly verdicts: readonly VerdictEntry[];
  readonly costs: readonly CostLine[];
  readonly degraded: readonly string[];
  /**
   * Texts that guards have taken out behind the input, so that a resumed request can keep them out of its record too.
   * Always empty in a record.
   */
  readonly withheld: readonly Withheld[];
  readonly failure: Failure | null;
  /** Set by `log`: the request has ended and its record is durable. */
  readonly ended: { readonly at: number; readonly durationMs: number } | null;
}

/** A text that a guard took out, and what stands in its place. */
export interface Withheld {
  readonly text: string;
  readonly replacement: string;
}

/** Who a request belongs to: what never changes while it runs. */
export interface RequestIdentity {
  readonly requestId: string;
  readonly task: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly thread?: string;
  /** A digest: the key itself stands in no state. */
  readonly key?: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
}

/** The state of a request that has just been accepted. */
export function initialRequestState(identity: RequestIdentity, input: JsonValue): RequestState {
  return {
    requestId: identity.requestId,
    task: identity.task,
    tenant: identity.tenant ?? null,
    user: identity.user ?? null,
    thread: identity.thread ?? null,
    key: identity.key ?? null,
    acceptedAt: identity.acceptedAt,
    activeMs: 0,
    input,
    routing: null,
    rung: 0,
    retrieval: null,
    rendering: null,
    messages: [],
    answer: null,
    cached: null,
    candidate: null,
    issues: [],
    rejection: null,
    reasks: 0,
    toolTurns: 0,
    visits: {},
    attempts: [],
    changes: [],
    verdicts: [],
    costs: [],
    degraded: [],
    withheld: [],
    failure: null,
    ended: null,
  };
}
