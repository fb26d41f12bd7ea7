import type { MemoryItem } from "./memory.js";
import type { Passage } from "./passage.js";

/** What was found for a request, and what of it was used. */
export interface RetrievalTrace {
  readonly query: string;
  readonly passages: readonly Passage[];
  readonly memories: readonly MemoryItem[];
  /** Which version of which index was searched, where stores tell. */
  readonly indexes?: readonly { readonly store: string; readonly version: string }[];
  /** What was left out, and why: a passage below the limit, a store that failed, a text over the token budget. */
  readonly dropped: readonly {
    readonly id: string;
    readonly reason: string;
    readonly store?: string;
    readonly score?: number;
  }[];
}
