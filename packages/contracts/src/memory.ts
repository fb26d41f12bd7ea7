import type { ErasureReceipt, ErasureScope } from "./erasure.js";
import type { Message } from "./message.js";
import type { RequestContext } from "./request-context.js";
import { single } from "./token.js";

export interface MemoryQuery {
  /** What the request is about. */
  readonly text: string;
  /** The most tokens that all returned items may take together. */
  readonly maxTokens: number;
}

/** One thing remembered: a past turn, a fact or a summary, as messages ready for a prompt. */
export interface MemoryItem {
  readonly id: string;
  readonly kind: "turn" | "fact" | "summary";
  readonly messages: readonly Message[];
  readonly tokens: number;
  readonly score?: number;
}

/** One accepted exchange. */
export interface MemoryTurn {
  readonly messages: readonly Message[];
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * What was said before in `context.thread` of `context.tenant`. Core calls it only for requests that have a thread,
 * and remembers accepted outcomes only.
 */
export interface Memory {
  /** In the order in which they belong into a prompt, oldest first. Never more than `maxTokens`. */
  recall(query: MemoryQuery, context: RequestContext): Promise<MemoryItem[]>;
  /** Idempotent by `context.requestId`. */
  remember(turn: MemoryTurn, context: RequestContext): Promise<void>;
  forget(scope: ErasureScope, context: RequestContext): Promise<ErasureReceipt>;
}

export const Memory = single<Memory>("Memory", { recall: "function", remember: "function", forget: "function" });
