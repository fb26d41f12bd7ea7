/** How a {@link Limiter} finds its limit. */
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
/** After so many windows at the limit one runs at half of it, to learn again how fast the route is without load. */
const PROBE_EVERY = 20;
/** How far one window without load moves the latency that is taken for normal. */
const LEARNING = 0.2;
/** What one sign of overload, a rate limit or a silence, leaves of the limit. */
const DROP = 0.8;

/**
 * How many calls a route takes at a time, learned from how its latency follows the load. After each window of samples
 *
 *     limit ← limit × clamp(tolerance × normal / median, ½, 1) + √limit / 2
 *
 * the gradient of Netflix' concurrency-limits ("gradient2") with medians of windows for its averages, since answers of
 * models differ much in length. `normal` is learned only from windows whose load was at most half of the limit; long
 * load would otherwise pass for normal. Until the latency first gives way, the limit doubles.
 */
export class Concurrency {
  #limit: number;
  #normalMs: number | undefined;
  #window: number[] = [];
  #peak = 0;
  #starting = true;
  #windowsAtLimit = 0;
  #probing = false;
  /** Calls that began under an earlier epoch say nothing about this window. */
  #epoch = 0;
  #droppedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly policy: ConcurrencyPolicy = DEFAULT_CONCURRENCY) {
    this.#limit = policy.initial;
  }

  /** Calls at a time; halved while the latency without load is measured. */
  get limit(): number {
    const limit = this.#probing ? this.#limit / 2 : this.#limit;
    return Math.max(this.policy.least, Math.floor(limit));
  }

  /** Whether the route has shown what it can take. Before, a long queue is no sign that it cannot be served. */
  get isKnown(): boolean {
    return !this.#starting;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** A call has ended well. `inFlight` counts it too; `epoch` is that in which it began. */
  sample(latencyMs: number, inFlight: number, epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#window.push(latencyMs);
    if (inFlight > this.#peak) this.#peak = inFlight;
    if (this.#window.length >= Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, this.limit))) this.#close();
  }

  /** A call has met overload: a rate limit, or silence. Counts once for all that were in flight together. */
  dropped(now: number, latencyMs: number): void {
    if (now - this.#droppedAt < latencyMs) return;
    this.#droppedAt = now;
    this.#starting = false;
    this.#set(this.#limit * DROP);
  }

  #close(): void {
    const median = medianOf(this.#window);
    const wasLoaded = this.#peak > this.#limit / 2;
    this.#window = [];
    this.#peak = 0;
    if (this.#probing || !wasLoaded) this.#learn(median);
    if (this.#probing) {
      this.#probing = false;
      this.#epoch++;
      return;
    }
    if (!wasLoaded) return;
    this.#normalMs ??= median;
    if (median < this.#normalMs) this.#learn(median);
    const gradient = Math.min(1, Math.max(0.5, (this.policy.tolerance * this.#normalMs) / median));
    if (gradient < 1 && this.#starting) {
      this.#starting = false;
      // What was taken for normal may have been measured under load.
      this.#windowsAtLimit = PROBE_EVERY - 2;
    }
    this.#set(this.#starting ? this.#limit * 2 : this.#limit * gradient + Math.sqrt(this.#limit) / 2);
    if (!this.#starting && ++this.#windowsAtLimit >= PROBE_EVERY) {
      this.#windowsAtLimit = 0;
      this.#probing = true;
      this.#epoch++;
    }
  }

  #learn(median: number): void {
    const normal = this.#normalMs ?? median;
    // A probe says outright what the latency is; calm windows say it together.
    this.#normalMs = this.#probing ? median : normal + LEARNING * (median - normal);
  }

  #set(limit: number): void {
    this.#limit = Math.min(this.policy.most, Math.max(this.policy.least, limit));
  }
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
