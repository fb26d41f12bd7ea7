import type { Answer } from "./answer.js";
import type { ErasureReceipt, ErasureScope } from "./erasure.js";
import type { RequestContext } from "./request-context.js";
import { many } from "./token.js";

/** What an answer depends on. Two keys with different tenants, tasks, prompts or routes never meet. */
export interface CacheKey {
  /** The empty string where the run has no tenant. */
  readonly tenant: string;
  readonly task: string;
  readonly promptHash: string;
  /** The application's name of the model whose answer it is. */
  readonly route: string;
  /** SHA-256 over route, model, parameters, rendered messages, tools, schema and tenant. */
  readonly hash: string;
  /** The input's text with its numbers and switches, or what the task says it is about: for caches that look for near requests. */
  readonly text: string;
}

export interface CacheEntry {
  readonly answer: Answer;
  readonly route: string;
  /** The request that was paid for this answer. */
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly storedAt: number;
  /** What the answer cost then. */
  readonly costMicroUsd: number;
}

export interface CacheHit {
  readonly entry: CacheEntry;
  /** 1 for an equal request, less for a near one. */
  readonly similarity: number;
}

/** Answers that were validated once. A hit is validated and guarded again. */
export interface Cache {
  readonly name: string;
  /** It only measures: `get` never hits, and equal requests that come at the same time are not answered by one. */
  readonly shadow?: boolean;
  get(key: CacheKey, context: RequestContext): Promise<CacheHit | undefined>;
  set(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void>;
  erase(scope: ErasureScope, context: RequestContext): Promise<ErasureReceipt>;
}

/** Several are asked in the order in which their plugins are listed; all of them keep what was accepted. */
export const Cache = many<Cache>("Cache", { name: "string", get: "function", set: "function", erase: "function" });
