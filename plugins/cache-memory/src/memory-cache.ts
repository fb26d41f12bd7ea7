import type {
  Cache,
  CacheEntry,
  CacheHit,
  CacheKey,
  Clock,
  ErasureReceipt,
  ErasureScope,
  RequestContext,
} from "@armature/contracts";
import { LRUCache } from "lru-cache";

export interface MemoryCacheLimits {
  /** Milliseconds after which an entry is no longer served. */
  readonly ttlMs: number;
  /** Bytes that all entries may take together; the least recently used go first. */
  readonly maxBytes: number;
}

/** An entry as text: nobody can change it, every hit is a copy, and its size is known. */
interface Stored {
  readonly tenant: string;
  readonly user: string | undefined;
  readonly thread: string | undefined;
  readonly json: string;
}

/** A string takes at most two bytes a UTF-16 code unit; the rest is what the map needs around it. */
const BYTES_A_UNIT = 2;
const BYTES_AROUND = 200;

/** Answers to equal requests, in the process. */
export class MemoryCache implements Cache {
  readonly name = "cache-memory";
  readonly #entries: LRUCache<string, Stored>;

  constructor(limits: MemoryCacheLimits, clock: Clock) {
    this.#entries = new LRUCache({
      maxSize: limits.maxBytes,
      sizeCalculation: ({ json }, key) => BYTES_AROUND + BYTES_A_UNIT * (key.length + json.length),
      ttl: limits.ttlMs,
      // The application's clock, asked each time: a clock that is held in tests and replays shall hold the entries too.
      perf: { now: () => clock.now() },
      ttlResolution: 0,
      // Iterating must show what has expired but still lies in memory, so that erasure reaches it; `get` says otherwise.
      allowStale: true,
    });
  }

  async get(key: CacheKey): Promise<CacheHit | undefined> {
    const stored = this.#entries.get(nameOf(key), { allowStale: false });
    return stored && { entry: JSON.parse(stored.json) as CacheEntry, similarity: 1 };
  }

  async set(key: CacheKey, entry: CacheEntry, { user, thread }: RequestContext): Promise<void> {
    this.#entries.set(nameOf(key), { tenant: key.tenant, user, thread, json: JSON.stringify(entry) });
  }

  async erase(scope: ErasureScope): Promise<ErasureReceipt> {
    const going: string[] = [];
    for (const [name, stored] of this.#entries.entries()) if (isIn(scope, stored)) going.push(name);
    for (const name of going) this.#entries.delete(name);
    return { from: this.name, removed: { entries: going.length } };
  }

  clear(): void {
    this.#entries.clear();
  }
}

// A list in JSON, not a joined text: no part can reach into the next.
function nameOf({ tenant, task, promptHash, hash }: CacheKey): string {
  return JSON.stringify([tenant, task, promptHash, hash]);
}

function isIn(scope: ErasureScope, { tenant, user, thread }: Stored): boolean {
  return (
    tenant === scope.tenant &&
    (scope.user === undefined || scope.user === user) &&
    (scope.thread === undefined || scope.thread === thread)
  );
}
