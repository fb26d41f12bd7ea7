import { type Failure, sleep } from "@armature/contracts";
import type { CallContext } from "./call-context.js";
import { isCapable, likelyTokens } from "./capability.js";
import type { RouteEnd } from "./retry.js";
import type { Order } from "./turn.js";

/** Sends an order to one route and says how that ended. */
type OnRoute = (order: Order) => Promise<RouteEnd>;

/**
 * Walks down the ladder until a route answers. When no other is left, it comes back to those that still may answer: a
 * silent one that has attempts left, one whose breaker will let a probe through before the deadline.
 */
export async function fallback(call: CallContext, onRoute: OnRoute): Promise<Failure | undefined> {
  const walk = new Walk(call);
  let order: Order = { rung: walk.first(), why: "first" };
  for (;;) {
    const end = await onRoute(order);
    if (end.kind === "answered") {
      call.answeredAt(order.rung);
      return undefined;
    }
    if (end.kind === "refused") return end.failure;
    walk.note(order.rung, end);
    const next: number | Failure = walk.below(order.rung) ?? (await walk.lastResort());
    if (typeof next === "object") return next;
    if (call.ledger.room <= 0) return call.fail("ATTEMPTS_EXHAUSTED");
    order = { rung: next, why: walk.hasTried(next) ? "retry" : call.ledger.attempts.length > 0 ? "fallback" : "first" };
  }
}

class Walk {
  /** Routes that will not answer this request. */
  readonly #dead = new Set<number>();
  readonly #notBefore = new Map<number, number>();
  #shedMs: number | undefined;

  constructor(private readonly call: CallContext) {}

  /** The first model from `startRung` on that takes what the call contains; `startRung` where none says so. */
  first(): number {
    const { plan } = this.call;
    const capable = plan.ladder.findIndex((rung, index) => index >= plan.startRung && isCapable(plan, rung));
    return capable === -1 ? plan.startRung : capable;
  }

  hasTried(rung: number): boolean {
    return this.#notBefore.has(rung);
  }

  note(rung: number, end: Exclude<RouteEnd, { kind: "answered" | "refused" }>): void {
    if (end.kind === "barred") return;
    if (end.kind === "shed") {
      this.#dead.add(rung);
      this.#shedMs = Math.min(this.#shedMs ?? Number.POSITIVE_INFINITY, end.retryAfterMs);
      return;
    }
    this.#notBefore.set(rung, end.notBefore);
    if (!end.mayReturn) this.#dead.add(rung);
    if (end.fault.disposition === "larger") this.#buryWindows(rung);
  }

  /** The next route further down that may be called now. */
  below(rung: number): number | undefined {
    const { ladder } = this.call.plan;
    for (let next = rung + 1; next < ladder.length; next++) {
      if (this.#mayAnswer(next) && !this.hasTried(next) && this.#waitMs(next) === 0) return next;
    }
    return undefined;
  }

  /** Waits for the route that may be called soonest; says why the call fails where none may before the deadline. */
  async lastResort(): Promise<number | Failure> {
    const { call } = this;
    const { clock, deadline, signal } = call.services;
    for (;;) {
      const ended = call.ended();
      if (ended) return ended;
      const next = this.#soonest();
      if (next === undefined || next.waitMs >= deadline.remainingMs()) return this.#failure(next?.waitMs);
      if (next.waitMs === 0) return next.rung;
      if (call.ledger.room <= 0) return call.fail("ATTEMPTS_EXHAUSTED");
      const woken = new AbortController();
      const wake = () => woken.abort();
      const forget = call.healthOf(next.rung)?.breaker.onProbeEnd(wake);
      signal.addEventListener("abort", wake, { once: true });
      await sleep(clock, next.waitMs, woken.signal).catch(() => undefined);
      signal.removeEventListener("abort", wake);
      forget?.();
    }
  }

  #soonest(): { rung: number; waitMs: number } | undefined {
    let best: { rung: number; waitMs: number } | undefined;
    const { ladder, startRung } = this.call.plan;
    for (let rung = startRung; rung < ladder.length; rung++) {
      if (!this.#mayAnswer(rung)) continue;
      const waitMs = this.#waitMs(rung);
      if (!best || waitMs < best.waitMs) best = { rung, waitMs };
    }
    return best;
  }

  #mayAnswer(rung: number): boolean {
    if (this.#dead.has(rung)) return false;
    return rung === this.call.plan.startRung || isCapable(this.call.plan, this.call.rungAt(rung));
  }

  #waitMs(rung: number): number {
    const now = this.call.services.clock.now();
    const backoff = Math.max(0, (this.#notBefore.get(rung) ?? 0) - now);
    return Math.max(backoff, this.call.healthOf(rung)?.breaker.waitMs() ?? 0);
  }

  #window(rung: number): number {
    return this.call.rungAt(rung).model.capabilities.contextTokens;
  }

  /**
   * A prompt that was too long for a window is too long for every smaller one. For an equal one too, unless the prompt is
   * so short that the window cannot be what the model's facts say: then those of the others may be wrong as well.
   */
  #buryWindows(failed: number): void {
    const window = this.#window(failed);
    const isBelievable = likelyTokens(this.call.plan) > window / 2;
    for (let rung = 0; rung < this.call.plan.ladder.length; rung++) {
      if (this.#window(rung) < window || (isBelievable && this.#window(rung) === window)) this.#dead.add(rung);
    }
  }

  #failure(waitMs: number | undefined): Failure {
    const { call } = this;
    const code = call.last?.fault.code ?? (this.#shedMs === undefined ? "PROVIDER_UNAVAILABLE" : "OVERLOADED");
    const failure = call.fail(code);
    const retryAfterMs = failure.retryAfterMs ?? waitMs ?? (code === "OVERLOADED" ? this.#shedMs : undefined);
    return { ...failure, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}
