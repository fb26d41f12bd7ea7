import type { ErasureReceipt, ErasureScope } from "./erasure.js";
import type { Feedback } from "./record-trace.js";
import type { RecordOpening, RecordStatus, RequestRecord } from "./request-record.js";
import { single } from "./token.js";

export interface RecordFilter {
  readonly task?: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly thread?: string;
  readonly traceId?: string;
  readonly status?: RecordStatus;
  readonly failureCode?: string;
  /** The provider's name of the model that answered, or was asked last. */
  readonly model?: string;
  /** A prompt's name, or name and version: `triage`, `triage@2.1.0`. */
  readonly prompt?: string;
  /** Inclusive, as all bounds that follow but `until`. */
  readonly costAtLeastMicroUsd?: number;
  readonly costAtMostMicroUsd?: number;
  readonly durationAtLeastMs?: number;
  readonly durationAtMostMs?: number;
  /** Epoch milliseconds, inclusive. */
  readonly since?: number;
  /** Epoch milliseconds, exclusive. */
  readonly until?: number;
  /** 100 by default. */
  readonly limit?: number;
}

/** The columns that records are found by. */
export interface RecordSummary {
  readonly requestId: string;
  readonly task: string;
  readonly tenant?: string;
  readonly status: RecordStatus;
  readonly failureCode?: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly durationMs?: number;
  readonly costMicroUsd: number;
  readonly user?: string;
  readonly thread?: string;
  readonly traceId?: string;
  readonly model?: string;
  /** Name and version: `triage@2.1.0`. */
  readonly prompt?: string;
}

/** What records can be counted by. `day` is the UTC day of acceptance, `2026-01-31`; `prompt` is name and version. */
export type RecordDimension = "day" | "task" | "tenant" | "user" | "model" | "prompt" | "status" | "failureCode";

export interface RecordAggregation {
  /** None: one group of everything. */
  readonly by: readonly RecordDimension[];
  /** Its `limit` is not looked at. */
  readonly filter?: RecordFilter;
}

/** The records that have the same value in every dimension. Only those that have ended or paused are counted. */
export interface RecordGroup {
  /** `null` where a record has no such value. */
  readonly key: { readonly [dimension in RecordDimension]?: string | null };
  readonly count: number;
  readonly failures: number;
  readonly costMicroUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Within one per cent; absent when nothing in the group has a duration. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** What may be kept. Without a tenant it counts for all records, those of tenants included. */
export interface RetentionRule {
  readonly tenant?: string;
  readonly maxAgeMs?: number;
  /** Bytes of all records together; the oldest go first. */
  readonly maxBytes?: number;
}

export interface RetentionReceipt {
  readonly records: number;
  readonly bytes: number;
}

/**
 * Keeps one record a request. It takes no request context: the record outlives the request's deadline and signal.
 * Every method rejects with `JOURNAL_UNAVAILABLE` when it cannot do what it says.
 */
export interface Journal {
  /** Writes that a request has begun. Resolves before the first effect of the request. */
  open(opening: RecordOpening): Promise<void>;
  /** Replaces the record by its newest form. When it resolves, the record survives a kill of the process. */
  write(record: RequestRecord): Promise<void>;
  read(requestId: string): Promise<RequestRecord | undefined>;
  /** Newest first. */
  find(filter: RecordFilter): Promise<RecordSummary[]>;
  /** Removes the content of every record in the scope; identities, hashes and sizes stay. */
  erase(scope: ErasureScope): Promise<ErasureReceipt>;
  /** Groups in the order of their keys. */
  aggregate?(query: RecordAggregation): Promise<RecordGroup[]>;
  /** Resolves `false` when there is no such record. */
  feedback?(requestId: string, feedback: Feedback): Promise<boolean>;
  /** Removes whole records that a rule no longer keeps, and gives their space back. Unfinished ones stay. */
  retain?(rules: readonly RetentionRule[]): Promise<RetentionReceipt>;
}

export const Journal = single<Journal>("Journal", { open: "function", write: "function", read: "function" });
