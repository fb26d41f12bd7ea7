import {
  initialRequestState,
  type RecordOpening,
  type RecordStatus,
  type RecordSummary,
  type RequestRecord,
} from "@armature/contracts";
import { latencyBucket } from "./latency-histogram.js";

/** A record as it is found and counted: one row of `records`, without its id. */
export interface RecordRow {
  request_id: string;
  task: string;
  tenant: string | null;
  user: string | null;
  thread: string | null;
  trace_id: string | null;
  status: RecordStatus;
  failure_code: string | null;
  /** The provider's name of the model that answered, or was asked last. */
  model: string | null;
  /** Name and version: `triage@2.1.0`. */
  prompt: string | null;
  accepted_at: number;
  /** UTC days since 1970. */
  day: number;
  duration_ms: number | null;
  latency_bucket: number | null;
  cost_micro_usd: number;
  input_tokens: number;
  output_tokens: number;
  /** UTF-16 code units of the record's JSON: for text that is mostly ASCII, its bytes. */
  bytes: number;
}

export const DAY_MS = 86_400_000;

/** In the order in which {@link recordRow} lists them. */
export const RECORD_COLUMNS = [
  "request_id",
  "task",
  "tenant",
  "user",
  "thread",
  "trace_id",
  "status",
  "failure_code",
  "model",
  "prompt",
  "accepted_at",
  "day",
  "duration_ms",
  "latency_bucket",
  "cost_micro_usd",
  "input_tokens",
  "output_tokens",
  "bytes",
] as const satisfies readonly (keyof RecordRow)[];

export function recordRow(record: RequestRecord, bytes: number): RecordRow {
  const { requestId, task, tenant, user, thread, traceId, status, acceptedAt, durationMs } = record;
  const { inputTokens, outputTokens } = tokensOf(record);
  return {
    request_id: requestId,
    task,
    tenant: tenant ?? null,
    user: user ?? null,
    thread: thread ?? null,
    trace_id: traceId ?? null,
    status,
    failure_code: failureCodeOf(record),
    model: modelOf(record),
    prompt: promptOf(record),
    accepted_at: acceptedAt,
    day: Math.floor(acceptedAt / DAY_MS),
    duration_ms: durationMs ?? null,
    latency_bucket: durationMs === undefined ? null : latencyBucket(durationMs),
    cost_micro_usd: costOfRecord(record),
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    bytes,
  };
}

export function summaryOf(row: RecordRow): RecordSummary {
  return {
    requestId: row.request_id,
    task: row.task,
    ...(row.tenant !== null && { tenant: row.tenant }),
    status: row.status,
    ...(row.failure_code !== null && { failureCode: row.failure_code }),
    acceptedAt: row.accepted_at,
    ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
    costMicroUsd: row.cost_micro_usd,
    ...(row.user !== null && { user: row.user }),
    ...(row.thread !== null && { thread: row.thread }),
    ...(row.trace_id !== null && { traceId: row.trace_id }),
    ...(row.model !== null && { model: row.model }),
    ...(row.prompt !== null && { prompt: row.prompt }),
  };
}

/** What the record cost, in micro-dollars. */
export function costOfRecord(record: RequestRecord): number {
  let sum = 0;
  for (const line of record.state.costs) sum += line.microUsd;
  return sum;
}

/** The code that the request ended in, `null` for a value or while it runs. */
function failureCodeOf(record: RequestRecord): string | null {
  return record.result && !record.result.ok ? record.result.failure.code : null;
}

/** The record of a request that has only been opened. */
export function recordOfOpening(opening: RecordOpening, status: RecordStatus = "open"): RequestRecord {
  return { ...opening, status, state: initialRequestState(opening, null), timings: [], result: null };
}

/** The model behind the answer: of the last attempt that answered, or else of the last one. */
function modelOf({ state: { attempts = [] } }: RequestRecord): string | null {
  const asked = attempts.filter(({ stage }) => stage === "call");
  const last = asked.findLast(({ result }) => result === "answered") ?? asked.at(-1);
  return last ? (last.answeredBy ?? last.model) : null;
}

function promptOf({ state: { rendering } }: RequestRecord): string | null {
  return rendering ? `${rendering.name}@${rendering.version}` : null;
}

function tokensOf({ state: { attempts = [] } }: RequestRecord) {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const { usage } of attempts) {
    inputTokens += usage?.inputTokens ?? 0;
    outputTokens += usage?.outputTokens ?? 0;
  }
  return { inputTokens, outputTokens };
}
