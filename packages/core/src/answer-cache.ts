import type {
  Cache,
  CacheEntry,
  CacheHit,
  CacheKey,
  ErasureReceipt,
  ErasureScope,
  RequestContext,
} from "@armature/contracts";
import { within } from "./within.js";

/** A request that has gone to ask the models, and what others with the same key wait for. */
export interface Flight {
  /** What was accepted, for those who wait and for the cache; `undefined` when nothing was. Only the first call counts. */
  land(hit: CacheHit | undefined): void;
}

/**
 * The application's cache with one flight for equal requests: the first that finds nothing goes to ask, those that come
 * while it is away wait for what it gets accepted. When it gets nothing, is cancelled or runs out of time, the next one
 * goes. Each waits within its own deadline.
 */
export class AnswerCache {
  readonly name: string;
  readonly #cache: Cache;
  readonly #flights = new Map<string, Promise<CacheHit | undefined>>();

  constructor(cache: Cache) {
    this.name = cache.name;
    this.#cache = cache;
  }

  /**
   * An answer; nothing when this request has to go and ask for one: then it has a flight, which it must land. Rejects
   * when the cache fails.
   */
  async find(
    key: CacheKey,
    context: RequestContext,
    onTakeOff: (flight: Flight) => void,
  ): Promise<CacheHit | undefined> {
    const id = JSON.stringify([key.tenant, key.task, key.promptHash, key.hash]);
    for (;;) {
      const away = this.#flights.get(id);
      if (!away) {
        // Taken before the cache is asked: whoever comes meanwhile waits for this one.
        const flight = this.#takeOff(id);
        onTakeOff(flight);
        const hit = await this.#ask(key, context, flight);
        if (hit) flight.land(hit);
        return hit;
      }
      const hit = await within(context, away);
      if (hit) return hit;
    }
  }

  erase(scope: ErasureScope, context: RequestContext): Promise<ErasureReceipt> {
    return this.#cache.erase(scope, context);
  }

  /** Keeps an accepted answer for later requests. Rejects when the cache fails. */
  keep(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void> {
    return this.#cache.set(key, entry, context);
  }

  async #ask(key: CacheKey, context: RequestContext, flight: Flight): Promise<CacheHit | undefined> {
    try {
      return await this.#cache.get(key, context);
    } catch (thrown) {
      flight.land(undefined);
      throw thrown;
    }
  }

  #takeOff(id: string): Flight {
    let land: Flight["land"] = () => undefined;
    const away = new Promise<CacheHit | undefined>((resolve) => {
      land = (hit) => {
        if (this.#flights.get(id) === away) this.#flights.delete(id);
        resolve(hit);
      };
    });
    this.#flights.set(id, away);
    return { land };
  }
}
