/** How a route's limit is found. */
export interface ConcurrencyPolicy {
  /** Calls at a time before anything is known. */
  readonly initial: number;
  readonly least: number;
  readonly most: number;
  /** How much slower than without load the route may answer before the limit falls: 1.5 is half as slow again. */
  readonly tolerance: number;
}

export const DEFAULT_CONCURRENCY: ConcurrencyPolicy = { initial: 20, least: 1, most: 1_000, tolerance: 1.5 };

const FEWEST_SAMPLES = 10;
const MOST_SAMPLES = 100;
/** A window is judged when so many of its calls have ended; those that have not are slower than its median. */
const ENDED = 0.75;
/** After so many windows one runs at half of the limit, to learn again how fast the route is without load. */
const PROBE_EVERY = 15;
const PROBE_SHARE = 1 / 2;
/** How far one window without load moves the latency that is taken for normal. */
const LEARNING = 0.2;
/** What one window makes of the limit at most and at least. */
const GROWTH = 1.5;
const DECLINE = 0.5;
/** Below this gradient the latency follows the load: what the route can take has been found. */
const GIVING_WAY = 1.2;
/** What one sign of overload, a rate limit or a silence, leaves of the limit. */
const DROP = 0.8;

/** Calls that began one after the other. Taken as they end, the short ones among them would come first. */
interface Window {
  readonly size: number;
  readonly latencies: number[];
  begun: number;
  ended: number;
  /** The most calls that were in flight together. */
  peak: number;
  /** Whether the limit was reached. */
  isFull: boolean;
}

/**
 * How many calls a route takes at a time, learned from how its latency follows the load. After each window of calls in
 * which the limit was made use of
 *
 *     limit ← limit × clamp(tolerance × normal / median, ½, 1.5)
 *
 * the gradient of Netflix' concurrency-limits ("gradient2") with medians of windows for its averages, since answers of
 * models differ much in length. `normal` is learned only from windows whose load was at most half of the limit; long
 * load would otherwise pass for normal.
 */
export class Concurrency {
  #limit: number;
  #normalMs: number | undefined;
  #wasCalm = false;
  #window: Window;
  #growing = true;
  #windows = 0;
  #probing = false;
  #droppedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly policy: ConcurrencyPolicy = DEFAULT_CONCURRENCY) {
    this.#limit = policy.initial;
    this.#window = this.#open();
  }

  /** Calls at a time; fewer while the latency without load is measured. */
  get limit(): number {
    const limit = this.#probing ? this.#limit * PROBE_SHARE : this.#limit;
    return Math.max(this.policy.least, Math.floor(limit));
  }

  /** Whether the route has shown what it can take; before, the limit has only grown. */
  get isKnown(): boolean {
    return !this.#growing;
  }

  /** A call begins; `inFlight` counts it too. Its window is to be given back when it ends. */
  begin(inFlight: number): Window | undefined {
    // Calls from before a burst would speak for the limit that only those after them make use of.
    if (!this.#window.isFull && inFlight >= this.limit) this.#window = this.#open();
    const window = this.#window;
    if (window.begun >= window.size) return undefined;
    window.isFull ||= inFlight >= this.limit;
    window.begun++;
    window.peak = Math.max(window.peak, inFlight);
    return window;
  }

  /** A call of `window` has ended; without `latencyMs` it tells nothing about the load. */
  end(window: Window | undefined, latencyMs?: number): void {
    if (window === undefined || window !== this.#window) return;
    window.ended++;
    if (latencyMs !== undefined) window.latencies.push(latencyMs);
    if (window.ended >= ENDED * window.size) this.#judge(window);
  }

  /** A call has met overload: a rate limit, or silence. Counts once for all that were in flight together. */
  dropped(now: number, latencyMs: number): void {
    if (now - this.#droppedAt < latencyMs) return;
    this.#droppedAt = now;
    this.#growing = false;
    this.#set(this.#limit * DROP);
  }

  #judge(window: Window): void {
    const slower = window.size - window.ended;
    const median = medianOf(window.latencies, slower);
    const isLoaded = window.peak > this.#limit / 2;
    if (median !== undefined) {
      if (this.#probing) this.#normalMs = median;
      else if (!isLoaded) this.#learn(median);
      else this.#adapt(median, window.isFull);
    }
    this.#probing = !this.#growing && !this.#probing && ++this.#windows >= PROBE_EVERY;
    if (this.#probing) this.#windows = 0;
    // Only calls that begin from here on tell how the route takes the limit as it is now.
    this.#window = this.#open();
  }

  #learn(median: number): void {
    this.#wasCalm = true;
    const normal = this.#normalMs ?? median;
    this.#normalMs = normal + LEARNING * (median - normal);
  }

  #adapt(median: number, mayGrow: boolean): void {
    this.#normalMs ??= median;
    const gradient = (this.policy.tolerance * this.#normalMs) / median;
    if (gradient < GIVING_WAY && this.#growing) {
      this.#growing = false;
      // What is taken for normal was measured under load.
      if (!this.#wasCalm) this.#windows = PROBE_EVERY - 2;
    }
    this.#set(this.#limit * Math.min(mayGrow ? GROWTH : 1, Math.max(DECLINE, gradient)));
  }

  #open(): Window {
    const size = Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, this.limit));
    return { size, latencies: [], begun: 0, ended: 0, peak: 0, isFull: false };
  }

  #set(limit: number): void {
    this.#limit = Math.min(this.policy.most, Math.max(this.policy.least, limit));
  }
}

/** The median of `values` and of `slower` others above all of them; `undefined` where it is one of those. */
function medianOf(values: number[], slower: number): number | undefined {
  return values.sort((a, b) => a - b)[(values.length + slower) >> 1];
}
