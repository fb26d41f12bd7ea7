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

/** One request in search of an answer. */
interface Search {
  /** Whether an answer does for this request. */
  accepts(hit: CacheHit): boolean;
  /** Called when it has to go and ask, with what it must land. */
  takeOff(flight: Flight): void;
}

/** Nobody waits for this one. */
const ALONE: Flight = { land: () => undefined };

/**
 * The application's caches with one flight for equal requests: the first that finds nothing goes to ask, those that come
 * while it is away wait for what it gets accepted. When it is cancelled or runs out of time, the next one goes; when it
 * gets nothing that others could have, all of them go at once, since one after the other they would wait for nothing.
 * Each waits within its own deadline. Where all caches only measure, each request goes for itself.
 */
export class AnswerCache {
  readonly #flights = new Map<string, Promise<Landing>>();
  readonly #serving: Cache | undefined;

  /** At least one; they are asked in this order. */
  constructor(readonly caches: readonly Cache[]) {
    this.#serving = caches.find(({ shadow }) => shadow !== true);
  }

  /** The name under which those who wait get the answer of another request. */
  get name(): string {
    return (this.#serving ?? this.caches[0]!).name;
  }

  /**
   * An answer under the first of `keys` that has one; nothing when this request has to go and ask the model that the last
   * of them names. Rejects when a cache failed and no other had it; the flight goes on then, so that those who wait need
   * not meet the same failure.
   */
  async find(keys: readonly CacheKey[], context: RequestContext, search: Search): Promise<Found | undefined> {
    if (!this.#serving) {
      search.takeOff(ALONE);
      return this.#ask(keys, context, search);
    }
    const { tenant, task, promptHash, hash } = keys.at(-1)!;
    const id = JSON.stringify([tenant, task, promptHash, hash]);
    for (;;) {
      const away = this.#flights.get(id);
      if (!away) {
        // Taken before the cache is asked: whoever comes meanwhile waits for this one.
        const flight = this.#takeOff(id);
        search.takeOff(flight);
        const found = await this.#ask(keys, context, search);
        if (found) flight.land(found);
        return found;
      }
      const landing = await within(context, away);
      if (landing === "handed-over") continue;
      if (landing !== "none" && search.accepts(landing.hit)) return landing;
      // What it gets is kept all the same.
      search.takeOff(ALONE);
      return undefined;
    }
  }

  /** Keeps an accepted answer for later requests, in every cache. Rejects when one of them fails. */
  async keep(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void> {
    const results = await Promise.allSettled(this.caches.map((cache) => cache.set(key, entry, context)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #ask(keys: readonly CacheKey[], context: RequestContext, search: Search): Promise<Found | undefined> {
    const failures: unknown[] = [];
    for (const key of keys) {
      for (const cache of this.caches) {
        try {
          const hit = await cache.get(key, context);
          if (hit && cache.shadow !== true && search.accepts(hit)) return { hit, cache: cache.name };
        } catch (thrown) {
          failures.push(thrown);
        }
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
