import type { Cache, CacheEntry, CacheHit, CacheKey, RequestContext } from "@armature/contracts";
import { within } from "./within.js";

/** An answer, and the cache that it is from. */
interface Found {
  readonly hit: CacheHit;
  readonly cache: string;
}

/**
 * How a flight ends for those who wait: with an accepted answer; with `handed-over`, when it was cut short and the next
 * one may go in its place; with `none`, when it came to its end without an answer that others could have.
 */
type Landing = Found | "handed-over" | "none";

/** A request that has gone to ask the models, and what others with the same key wait for. */
export interface Flight {
  /** Only the first call counts. */
  land(landing: Landing): void;
}

/**
 * The application's caches with one flight for equal requests: the first that finds nothing goes to ask, those that come
 * while it is away wait for what it gets accepted. When it is cancelled or runs out of time, the next one goes; when it
 * gets nothing that others could have, all of them go at once, since one after the other they would wait for nothing.
 * Each waits within its own deadline.
 */
export class AnswerCache {
  readonly #flights = new Map<string, Promise<Landing>>();

  /** At least one; they are asked in this order. */
  constructor(readonly caches: readonly Cache[]) {}

  /** The name under which those who wait get the answer of another request. */
  get name(): string {
    return this.caches[0]!.name;
  }

  /**
   * An answer; nothing when this request has to go and ask for one: then it has a flight, which it must land. Rejects
   * when a cache failed and no other had it; the flight goes on then, so that those who wait need not meet the same
   * failure.
   */
  async find(key: CacheKey, context: RequestContext, onTakeOff: (flight: Flight) => void): Promise<Found | undefined> {
    const id = JSON.stringify([key.tenant, key.task, key.promptHash, key.hash]);
    for (;;) {
      const away = this.#flights.get(id);
      if (!away) {
        // Taken before the cache is asked: whoever comes meanwhile waits for this one.
        const flight = this.#takeOff(id);
        onTakeOff(flight);
        const found = await this.#ask(key, context);
        if (found) flight.land(found);
        return found;
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

  /** Keeps an accepted answer for later requests, in every cache. Rejects when one of them fails. */
  async keep(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void> {
    const results = await Promise.allSettled(this.caches.map((cache) => cache.set(key, entry, context)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #ask(key: CacheKey, context: RequestContext): Promise<Found | undefined> {
    const failures: unknown[] = [];
    for (const cache of this.caches) {
      try {
        const hit = await cache.get(key, context);
        if (hit) return { hit, cache: cache.name };
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
    return undefined;
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
