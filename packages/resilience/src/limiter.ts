import type { Clock, Deadline } from "@armature/contracts";
import { Concurrency, type ConcurrencyPolicy, DEFAULT_CONCURRENCY } from "./concurrency.js";

export interface LimiterPolicy extends ConcurrencyPolicy {
  /** Calls that may wait for a place. */
  readonly maxQueue: number;
}

export const DEFAULT_LIMITER: LimiterPolicy = { ...DEFAULT_CONCURRENCY, maxQueue: 1_000 };

/** A place among the calls in flight. Its holder ends it exactly once, saying how the call went. */
export interface Place {
  end(how: "answered" | "overloaded" | "unclear"): void;
}

/** The call cannot be served in time. */
export interface Shed {
  /** When it could have been. */
  readonly retryAfterMs: number;
}

interface Waiting {
  readonly deadline: Deadline;
  resolve(place: Place | Shed | undefined): void;
}

/**
 * How much longer than expected the wait and the call may take before a promise to serve in time would be broken; more
 * before this queue has shown how fast it is served, since the route may have lost half of its places unnoticed.
 */
const SAFETY = 2;
const FIRST_SAFETY = 3;
/** A latency that rises must be believed soon, one that falls may be chance. */
const RISE = 0.3;
const FALL = 0.1;
/** How many ends at least tell how fast the queue is served. */
const FEWEST_ENDS = 5;

/**
 * Lets no more calls to a route at a time than it takes, and queues the others in order. A call whose deadline the
 * queue would not meet is turned away when it comes, not when its time is over.
 */
export class Limiter {
  readonly #concurrency: Concurrency;
  readonly #queue = new Set<Waiting>();
  #inFlight = 0;
  #averageMs = 0;
  /** From one end to the next while there is a queue, over the latest period that was as long as a call. */
  #drainMs = 0;
  /** Whether that was measured on the present queue. */
  #isDrainKnown = false;
  #periodFrom = 0;
  #periodEnds = 0;

  constructor(
    private readonly clock: Clock,
    private readonly policy: LimiterPolicy = DEFAULT_LIMITER,
  ) {
    this.#concurrency = new Concurrency(policy);
  }

  get limit(): number {
    return this.#concurrency.limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Whether a call would be let in at once. */
  get hasRoom(): boolean {
    return this.#inFlight < this.limit && this.#queue.size === 0;
  }

  /** A place now, or a promise of one, or word that there will be none in time; `undefined` when `signal` aborts first. */
  enter(deadline: Deadline, signal: AbortSignal): Place | Shed | Promise<Place | Shed | undefined> {
    if (this.hasRoom) return this.#place();
    const safety = this.#isDrainKnown ? SAFETY : FIRST_SAFETY;
    const late = safety * (this.#waitMs() + this.#averageMs) > deadline.remainingMs();
    if (late || this.#queue.size >= this.policy.maxQueue) return this.#shed();
    return this.#wait(deadline, signal);
  }

  #wait(deadline: Deadline, signal: AbortSignal): Promise<Place | Shed | undefined> {
    return new Promise((resolve) => {
      const leave = (place: Place | Shed | undefined) => {
        cancel();
        signal.removeEventListener("abort", onAbort);
        this.#queue.delete(waiting);
        resolve(place);
      };
      const onAbort = () => leave(undefined);
      const waiting: Waiting = { deadline, resolve: leave };
      const cancel = this.clock.after(deadline.remainingMs(), () => leave(this.#shed()));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.add(waiting);
      if (signal.aborted) leave(undefined);
    });
  }

  #shed(): Shed {
    return { retryAfterMs: Math.max(1, Math.ceil(this.#waitMs())) };
  }

  /** How long a call that came now would wait, by how fast the queue was served or, if that is slower, should be. */
  #waitMs(): number {
    return (this.#queue.size + 1) * Math.max(this.#drainMs, this.#averageMs / this.limit);
  }

  // Ends come in clumps, as calls that began together end together: only a period as long as a call tells their pace.
  #noteEnd(now: number): void {
    if (this.#queue.size === 0) {
      this.#periodFrom = 0;
      this.#isDrainKnown = false;
    } else if (this.#periodFrom === 0) {
      this.#periodFrom = now;
      this.#periodEnds = 0;
    } else if (++this.#periodEnds >= FEWEST_ENDS && now - this.#periodFrom >= this.#averageMs) {
      this.#drainMs = (now - this.#periodFrom) / this.#periodEnds;
      this.#isDrainKnown = true;
      this.#periodFrom = now;
      this.#periodEnds = 0;
    }
  }

  #place(): Place {
    this.#inFlight++;
    const startedAt = this.clock.now();
    const window = this.#concurrency.begin(this.#inFlight);
    return {
      end: (how) => {
        const now = this.clock.now();
        const latencyMs = now - startedAt;
        if (how === "answered") {
          const smoothing = this.#averageMs === 0 ? 1 : latencyMs > this.#averageMs ? RISE : FALL;
          this.#averageMs += smoothing * (latencyMs - this.#averageMs);
        } else if (how === "overloaded") {
          this.#concurrency.dropped(now, latencyMs);
        }
        this.#concurrency.end(window, how === "answered" ? latencyMs : undefined);
        this.#inFlight--;
        this.#noteEnd(now);
        this.#admit();
      },
    };
  }

  /** Gives free places to those who have waited longest, and turns away those whom an answer would reach too late. */
  #admit(): void {
    for (const waiting of this.#queue) {
      if (this.#concurrency.isKnown && waiting.deadline.remainingMs() < this.#averageMs) waiting.resolve(this.#shed());
      else if (this.#inFlight < this.limit) waiting.resolve(this.#place());
      else return;
    }
  }
}
