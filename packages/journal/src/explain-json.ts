import type { Attempt, RequestRecord } from "@armature/contracts";
import { attemptReason } from "./attempt-reason.js";
import { type ExplainOptions, type PromptDifference, promptDifference } from "./prompt-difference.js";
import { costOfRecord } from "./record-row.js";
import { type TimeSpent, timeSpent } from "./time-spent.js";

type State = RequestRecord["state"];

/** The story of a request as data: what `explainRecord` prints, uncut. */
export interface RecordStory
  extends Pick<
    RequestRecord,
    | "requestId"
    | "task"
    | "tenant"
    | "user"
    | "thread"
    | "traceId"
    | "status"
    | "acceptedAt"
    | "durationMs"
    | "result"
    | "validations"
    | "tools"
    | "cache"
    | "redactions"
    | "replay"
    | "feedback"
  > {
  readonly route: State["routing"];
  readonly retrieval: State["retrieval"];
  readonly prompt: (NonNullable<State["rendering"]> & { readonly difference?: PromptDifference }) | null;
  /** Each with the reason why it was made, as the screen tells it. */
  readonly attempts: readonly (Attempt & { readonly reason: string })[];
  /** What is wrong with the answer that the request ended with. */
  readonly issues: State["issues"];
  readonly changes: State["changes"];
  readonly verdicts: State["verdicts"];
  readonly degraded: State["degraded"];
  readonly cost: { readonly lines: State["costs"]; readonly totalMicroUsd: number };
  readonly time: TimeSpent;
}

/** The story of one request as JSON: every fact of {@link explainRecord}, under names that carry their units. */
export function explainJson(record: RequestRecord, options: ExplainOptions = {}): RecordStory {
  const { state, version: _, hashes: _hashes, plugins: _plugins, input: _input, timings: _timings, ...rest } = record;
  const { finishedAt: _finishedAt, effects: _effects, digests: _digests, parentSpanId: _span, ...told } = rest;
  const { traceFlags: _flags, ...facts } = told;
  const difference = promptDifference(record, options);
  return {
    ...facts,
    route: state.routing,
    retrieval: state.retrieval,
    prompt: state.rendering && { ...state.rendering, ...(difference && { difference }) },
    attempts: state.attempts.map((attempt) => ({ ...attempt, reason: attemptReason(attempt, record) })),
    issues: state.issues,
    changes: state.changes,
    verdicts: state.verdicts,
    degraded: state.degraded,
    cost: { lines: state.costs, totalMicroUsd: costOfRecord(record) },
    time: timeSpent(record),
  };
}
