import type {
  ErasureReceipt,
  ErasureScope,
  Memory,
  MemoryItem,
  MemoryQuery,
  MemoryTurn,
  RequestContext,
  Tokenizer,
} from "@armature/contracts";
import { countTokens, withoutImages } from "./turn.js";
import { Window } from "./window.js";

export interface WindowMemoryLimits {
  /** Turns kept for one thread. */
  readonly maxTurns: number;
  /** Threads kept over all tenants; the one that was used least recently goes first. */
  readonly maxThreads: number;
}

interface Thread {
  readonly tenant: string;
  readonly thread: string;
  readonly window: Window;
}

/** Keeps the newest turns of every thread in this process. */
export class WindowMemory implements Memory {
  // Insertion order is order of use: a thread that is used moves to the end.
  readonly #threads = new Map<string, Thread>();

  constructor(
    readonly limits: WindowMemoryLimits,
    readonly tokenizer: Tokenizer,
  ) {}

  async recall(query: MemoryQuery, context: RequestContext): Promise<MemoryItem[]> {
    const key = keyOf(context);
    const known = key === undefined ? undefined : this.#threads.get(key);
    if (!known) return [];
    this.#touch(key!, known);
    return known.window.newest(query.maxTokens).map((turn) => ({
      id: turn.requestId,
      kind: "turn",
      messages: structuredClone(turn.messages),
      tokens: turn.tokens,
    }));
  }

  async remember(turn: MemoryTurn, context: RequestContext): Promise<void> {
    const key = keyOf(context);
    if (key === undefined || turn.messages.length === 0) return;
    const messages = turn.messages.map(withoutImages);
    const known = this.#threads.get(key) ?? {
      tenant: tenantOf(context),
      thread: context.thread!,
      window: new Window(this.limits.maxTurns),
    };
    known.window.add({
      requestId: context.requestId,
      user: context.user,
      at: turn.at,
      messages,
      tokens: countTokens(messages, this.tokenizer),
    });
    this.#touch(key, known);
    if (this.#threads.size > this.limits.maxThreads) this.#threads.delete(this.#threads.keys().next().value!);
  }

  async forget(scope: ErasureScope, _context: RequestContext): Promise<ErasureReceipt> {
    let turns = 0;
    for (const [key, { tenant, thread, window }] of this.#threads) {
      if (tenant !== scope.tenant || (scope.thread !== undefined && thread !== scope.thread)) continue;
      turns += window.remove((turn) => scope.user === undefined || turn.user === scope.user);
      if (window.size === 0) this.#threads.delete(key);
    }
    return { from: "memory-window", removed: { turns } };
  }

  clear(): void {
    this.#threads.clear();
  }

  #touch(key: string, thread: Thread): void {
    this.#threads.delete(key);
    this.#threads.set(key, thread);
  }
}

/** Runs without a tenant share the namespace of the empty name, as they do in caches. */
function tenantOf(context: RequestContext): string {
  return context.tenant ?? "";
}

/** JSON keeps the two names apart whatever characters they hold. Without a thread there is nothing to remember. */
function keyOf(context: RequestContext): string | undefined {
  return context.thread === undefined ? undefined : JSON.stringify([tenantOf(context), context.thread]);
}
