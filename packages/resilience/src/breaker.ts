import type { Clock } from "@armature/contracts";

export type BreakerState = "closed" | "half-open" | "open";

export interface BreakerPolicy {
  /** Opens after so many failures in a row. */
  readonly consecutiveFailures: number;
  /** Opens when at least this share of the latest calls failed, 0 to 1. */
  readonly failureRate: number;
  /** How many of the latest calls the rate is taken over; fewer never open it. */
  readonly window: number;
  /** How long it stays open before one call may probe the route, and again after a probe that failed. */
  readonly probeIntervalMs: number;
}

export const DEFAULT_BREAKER: BreakerPolicy = {
  consecutiveFailures: 8,
  failureRate: 0.6,
  window: 20,
  probeIntervalMs: 5_000,
};

/**
 * Keeps calls away from a route that fails, and lets one probe at a time find out when it has recovered. Every call
 * that was let pass must report exactly one of `succeeded`, `failed` and `gaveUp`.
 */
export class Breaker {
  #openUntil = 0;
  #tripped = false;
  #probing = false;
  #restUntil = 0;
  #consecutive = 0;
  #latest: boolean[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly policy: BreakerPolicy = DEFAULT_BREAKER,
  ) {}

  /** Reading it changes nothing. */
  get state(): BreakerState {
    const now = this.clock.now();
    if (now < this.#restUntil) return "open";
    if (!this.#tripped) return "closed";
    return now < this.#openUntil ? "open" : "half-open";
  }

  /** Whether a call may be sent now. A half-open breaker says yes to one call, its probe. */
  tryPass(): boolean {
    if (!this.#tripped && this.#restUntil === 0) return true;
    const state = this.state;
    if (state === "open" || (state === "half-open" && this.#probing)) return false;
    if (state === "half-open") this.#probing = true;
    return true;
  }

  /** Milliseconds until a call may pass, as far as time alone decides. */
  waitMs(): number {
    const until = Math.max(this.#restUntil, this.#tripped ? this.#openUntil : 0);
    return Math.max(0, until - this.clock.now());
  }

  /** Milliseconds that the provider still asked to be left alone, where nothing else bars the route. */
  restMs(): number {
    return this.#tripped ? 0 : Math.max(0, this.#restUntil - this.clock.now());
  }

  succeeded(): void {
    this.#tripped = false;
    this.#probing = false;
    this.#consecutive = 0;
    this.#remember(true);
  }

  /** `restMs`: how long the provider asked to be left alone. */
  failed(restMs = 0): void {
    if (restMs > 0) this.#restUntil = Math.max(this.#restUntil, this.clock.now() + restMs);
    this.#consecutive++;
    this.#remember(false);
    const probed = this.#probing;
    this.#probing = false;
    if (probed || this.#consecutive >= this.policy.consecutiveFailures || this.#rate() >= this.policy.failureRate) {
      this.#tripped = true;
      this.#openUntil = this.clock.now() + this.policy.probeIntervalMs;
      this.#latest = [];
    }
  }

  /** The call ended without saying anything about the route: it was cancelled, or never sent. */
  gaveUp(): void {
    this.#probing = false;
  }

  #remember(ok: boolean): void {
    this.#latest.push(ok);
    if (this.#latest.length > this.policy.window) this.#latest.shift();
  }

  #rate(): number {
    if (this.#latest.length < this.policy.window) return 0;
    return this.#latest.filter((ok) => !ok).length / this.#latest.length;
  }
}
