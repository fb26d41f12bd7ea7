import type { Fault } from "../provider/fault.js";
import type { FaultSource } from "../provider/fault-plan.js";

/** The models of the matrix: a primary that misbehaves and one fallback. */
export const PRIMARY = "primary";
export const FALLBACK = "fallback";

/** What the primary says: sixty tokens. */
export const PRIMARY_WORDS = Array.from({ length: 60 }, (_, index) => `p${index}`).join(" ");
/** What the fallback says. No word is the primary's, so that nobody takes the one for the other by luck. */
export const FALLBACK_WORDS = Array.from({ length: 60 }, (_, index) => `f${index}`).join(" ");
/** What the fallback adds where it is given the beginning of an answer. */
export const CONTINUATION = " and so on to the end";

/** One way in which a primary misbehaves, and what a caller with one fallback and two retries must get all the same. */
export interface FaultScenario {
  readonly name: string;
  /** What the primary does; `elapsedMs` is counted from the first request. */
  fault(attempt: number, elapsedMs: number): Fault | undefined;
  /** The fallback refuses to continue an assistant message. */
  readonly refusesPrefill?: boolean;
  /** A complete answer, or the provider's own reason for giving none. */
  readonly ends: "answer" | "reason";
  /** The client may not have learned the usage: some tell it only after the end of the stream, which never comes. */
  readonly mayLackUsage?: boolean;
  /** The most attempts of one request, on both models together. */
  readonly mostAttempts: number;
  /** The longest that one request may take, in milliseconds. */
  readonly withinMs: number;
  /** Several requests, one every `everyMs` milliseconds. */
  readonly series?: { readonly requests: number; readonly everyMs: number; readonly primaryFromMs: number };
}

function always(fault: Fault): FaultScenario["fault"] {
  return () => fault;
}

function once(fault: Fault): FaultScenario["fault"] {
  return (attempt) => (attempt === 1 ? fault : undefined);
}

/** The times of the matrix at full scale, in milliseconds. */
export const TIMES = {
  attemptTimeoutMs: 12_000,
  firstTokenTimeoutMs: 8_000,
  idleTimeoutMs: 5_000,
  deadlineMs: 30_000,
  tokenDelayMs: 20,
  backoff: { baseMs: 250, maxMs: 2_000 },
  probeIntervalMs: 5_000,
} as const;

/** An answer of sixty tokens, some hundred milliseconds of waiting, and a machine that has other things to do. */
const ANSWER_MS = 3_000;
const RETRIES_MS = 2_000;

/** The matrix with all times divided by `scale`. */
export function faultMatrix(scale = 1): FaultScenario[] {
  const { attemptTimeoutMs, idleTimeoutMs, probeIntervalMs } = TIMES;
  const down = 60_000 / scale;
  const scenarios: FaultScenario[] = [
    {
      name: "429 with Retry-After: 2",
      fault: once({ kind: "status", status: 429, retryAfter: 2 / scale }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: 2_000 + ANSWER_MS,
    },
    {
      name: "429 for ever",
      fault: always({ kind: "status", status: 429 }),
      ends: "answer",
      mostAttempts: 4,
      withinMs: RETRIES_MS + ANSWER_MS,
    },
    {
      name: "500 once",
      fault: once({ kind: "status", status: 500 }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: RETRIES_MS + ANSWER_MS,
    },
    {
      name: "503 for ever",
      fault: always({ kind: "status", status: 503 }),
      ends: "answer",
      mostAttempts: 4,
      withinMs: RETRIES_MS + ANSWER_MS,
    },
    {
      name: "reset before headers",
      fault: always({ kind: "reset" }),
      ends: "answer",
      mostAttempts: 4,
      withinMs: RETRIES_MS + ANSWER_MS,
    },
    {
      name: "no answer",
      fault: always({ kind: "no_answer" }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: attemptTimeoutMs + ANSWER_MS,
    },
    {
      name: "first token after 20 s",
      fault: always({ kind: "slow_first_token", ms: 20_000 / scale }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: attemptTimeoutMs + ANSWER_MS,
    },
    {
      name: "cut after 40 of 60 tokens",
      fault: always({ kind: "cut_stream", afterTokens: 40 }),
      ends: "answer",
      mostAttempts: 4,
      withinMs: 3 * ANSWER_MS + RETRIES_MS,
    },
    {
      name: "stalled after 20 tokens",
      fault: always({ kind: "stalled_stream", afterTokens: 20, heartbeat: "comment", heartbeatMs: 500 / scale }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: Math.max(attemptTimeoutMs, idleTimeoutMs + ANSWER_MS) + ANSWER_MS,
    },
    {
      name: "malformed tenth chunk",
      fault: always({ kind: "malformed_chunk", at: 10 }),
      ends: "answer",
      mostAttempts: 4,
      withinMs: 2 * ANSWER_MS + RETRIES_MS,
    },
    {
      name: "no [DONE]",
      fault: always({ kind: "no_done", open: true }),
      ends: "answer",
      mayLackUsage: true,
      mostAttempts: 1,
      withinMs: ANSWER_MS,
    },
    {
      name: "context length exceeded",
      fault: always({ kind: "status", status: 400, code: "context_length_exceeded" }),
      ends: "answer",
      mostAttempts: 2,
      withinMs: ANSWER_MS,
    },
    {
      name: "content filter",
      fault: always({ kind: "content_filter" }),
      ends: "reason",
      mostAttempts: 1,
      withinMs: ANSWER_MS,
    },
    {
      name: "cut, and the fallback refuses prefill",
      fault: always({ kind: "cut_stream", afterTokens: 40 }),
      refusesPrefill: true,
      ends: "answer",
      mostAttempts: 5,
      withinMs: 3 * ANSWER_MS + RETRIES_MS,
    },
    {
      name: "down for a minute, then healthy",
      fault: (_, elapsedMs) => (elapsedMs < down ? { kind: "status", status: 503 } : undefined),
      ends: "answer",
      mostAttempts: 4,
      withinMs: RETRIES_MS + ANSWER_MS,
      series: { requests: 20, everyMs: 4_000 / scale, primaryFromMs: down + probeIntervalMs / scale },
    },
    {
      name: "failover accounting",
      fault: (attempt) =>
        attempt === 1 ? { kind: "status", status: 500 } : { kind: "cut_stream", afterTokens: 10 * attempt },
      ends: "answer",
      mostAttempts: 4,
      withinMs: 3 * ANSWER_MS + RETRIES_MS,
    },
  ];
  return scenarios.map((scenario) => ({ ...scenario, withinMs: scenario.withinMs / scale }));
}

/** Binds a scenario to the moment of its first request. */
export function faultSource({ fault }: FaultScenario): FaultSource {
  let startedAt: number | undefined;
  return (_, attempt) => {
    startedAt ??= Date.now();
    return fault(attempt, Date.now() - startedAt);
  };
}
