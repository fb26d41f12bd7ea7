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

/**
 * How a flight ends for those who wait: with an accepted answer; with `handed-over`, when it was cut short and the next
 * one may go in its place; with `none`, when it came to its end without an answer that others could have.
 */
type Landing = CacheHit | "handed-over" | "none";

/** A request that has gone to ask the models, and what others with the same key wait for. */
export interface Flight {
  /** Only the first call counts. */
  land(landing: Landing): void;
}

/**
 * The application's cache with one flight for equal requests: the first that finds nothing goes to ask, those that come
 * while it is away wait for what it gets accepted. When it is cancelled or runs out of time, the next one goes; when it
 * gets nothing that others could have, all of them go at once, since one after the other they would wait for nothing.
 * Each waits within its own deadline.
 */
export class AnswerCache {
  readonly name: string;
  readonly #cache: Cache;
  readonly #flights = new Map<string, Promise<Landing>>();

  constructor(cache: Cache) {
    this.name = cache.name;
    this.#cache = cache;
  }

  /**
   * An answer; nothing when this request has to go and ask for one: then it has a flight, which it must land. Rejects
   * when the cache fails; the flight goes on then, so that those who wait need not meet the same failure.
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
        const hit = await this.#cache.get(key, context);
        if (hit) flight.land(hit);
        return hit;
      }
      const landing = await within(context, away);
      if (landing === "none") {
        // Nobody waits for this one, and what it gets is kept all the same.
        onTakeOff({ land: () => undefined });
        return undefined;
      }
      if (landing !== "handed-over") return landing;
    }
  }

  erase(scope: ErasureScope, context: RequestContext): Promise<ErasureReceipt> {
    return this.#cache.erase(scope, context);
  }

  /** Keeps an accepted answer for later requests. Rejects when the cache fails. */
  keep(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void> {
    return this.#cache.set(key, entry, context);
  }

  #takeOff(id: string): Flight {
    let land: Flight["land"] = () => undefined;
    const away = new Promise<Landing>((resolve) => {
      land = (landing) => {
        if (this.#flights.get(id) === away) this.#flights.delete(id);
        resolve(landing);
      };
    });
    this.#flights.set(id, away);
    return { land };
  }
}
