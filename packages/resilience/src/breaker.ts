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

/** The quota of a day is the longest that a provider has reason to let somebody wait for; more is a broken header. */
const MOST_REST_MS = 24 * 3_600_000;

/** The leave to send one call. Its holder reports exactly once how the call ended. */
export interface Permit {
  succeeded(): void;
  /** `restMs`: how long the provider asked to be left alone. */
  failed(restMs?: number): void;
  /** The call said nothing about the route: it was cancelled, or never sent. */
  gaveUp(): void;
}

/**
 * Keeps calls away from a route that fails, and lets one probe at a time find out when it has recovered. A probe that
 * has not ended after a probe interval does not bar the next: a hanging call must not keep a healthy route shut.
 *
 * Written by hand: cockatiel's breaker admits every call while it is half open and knows no rest that a provider asks for.
 */
export class Breaker {
  #openUntil = 0;
  #tripped = false;
  #probe: Permit | undefined;
  #probedAt = 0;
  #restUntil = 0;
  #consecutive = 0;
  #latest: boolean[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    private readonly policy: BreakerPolicy = DEFAULT_BREAKER,
  ) {}

  /** Reading it changes nothing. */
  get state(): BreakerState {
    if (!this.#tripped && this.#restUntil === 0) return "closed";
    const now = this.clock.now();
    if (now < this.#restUntil) return "open";
    if (!this.#tripped) return "closed";
    return now < this.#openUntil ? "open" : "half-open";
  }

  /** The leave to send a call now, if there is one. A half-open breaker gives one to its probe alone. */
  pass(): Permit | undefined {
    const { state } = this;
    if (state === "closed") return this.#permit(false);
    if (state === "open" || this.#isProbed()) return undefined;
    this.#probedAt = this.clock.now();
    this.#probe = this.#permit(true);
    return this.#probe;
  }

  /** Milliseconds until a call may pass, as far as time alone decides; 0 where one may pass now. */
  waitMs(): number {
    const probed = this.#isProbed() ? this.#probedAt + this.policy.probeIntervalMs : 0;
    const until = Math.max(this.#restUntil, this.#tripped ? Math.max(this.#openUntil, probed) : 0);
    return Math.max(0, until - this.clock.now());
  }

  /** Calls back once when a probe has ended; the returned function cancels. */
  onProbeEnd(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => void this.#waiting.delete(callback);
  }

  #isProbed(): boolean {
    return this.#probe !== undefined && this.clock.now() < this.#probedAt + this.policy.probeIntervalMs;
  }

  #permit(probing: boolean): Permit {
    const permit: Permit = {
      succeeded: () => {
        this.#consecutive = 0;
        this.#remember(true);
        // What began before the breaker opened tells of the past; only a probe closes it.
        if (!probing) return;
        this.#tripped = false;
        this.#endProbe(undefined);
      },
      failed: (restMs = 0) => {
        const now = this.clock.now();
        if (restMs > 0) this.#restUntil = Math.max(this.#restUntil, now + Math.min(restMs, MOST_REST_MS));
        this.#consecutive++;
        this.#remember(false);
        if (probing ? this.#probe === permit : !this.#tripped && this.#isFailing()) {
          this.#tripped = true;
          this.#openUntil = now + this.policy.probeIntervalMs;
          this.#latest = [];
        }
        if (probing) this.#endProbe(permit);
      },
      gaveUp: () => {
        if (probing) this.#endProbe(permit);
      },
    };
    return permit;
  }

  /** Ends the probe of `permit`, or any. */
  #endProbe(permit: Permit | undefined): void {
    if (permit !== undefined && this.#probe !== permit) return;
    this.#probe = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }

  #remember(ok: boolean): void {
    this.#latest.push(ok);
    if (this.#latest.length > this.policy.window) this.#latest.shift();
  }

  #isFailing(): boolean {
    const { consecutiveFailures, failureRate, window } = this.policy;
    if (this.#consecutive >= consecutiveFailures) return true;
    return this.#latest.length >= window && this.#latest.filter((ok) => !ok).length / window >= failureRate;
  }
}
