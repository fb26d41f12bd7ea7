import type { ErasureReceipt, ErasureScope } from "./erasure.js";
import type { RecordOpening, RecordStatus, RequestRecord } from "./request-record.js";
import { single } from "./token.js";

export interface RecordFilter {
  readonly task?: string;
  readonly tenant?: string;
  readonly status?: RecordStatus;
  readonly failureCode?: string;
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
}

export const Journal = single<Journal>("Journal");
