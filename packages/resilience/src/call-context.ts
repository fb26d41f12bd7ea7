import type { Failure, FailureCode } from "@armature/contracts";
import type { BaseMessage } from "@langchain/core/messages";
import { isOver } from "./attempt-timeout.js";
import { failureOf } from "./call-failure.js";
import type { CallPlan, CallServices, Rung } from "./call-plan.js";
import type { ClassifiedFault } from "./fault.js";
import type { RouteHealth } from "./health.js";
import type { Latencies } from "./latencies.js";
import { Ledger } from "./ledger.js";
import { LiveDelivery } from "./live-delivery.js";
import { areTokensAwaited } from "./token-listener.js";

/** What the policies of one call share. */
export class CallContext {
  readonly ledger: Ledger;
  /** What a live call has passed on; `undefined` where delivery is verified. */
  readonly live: LiveDelivery | undefined;
  /** Whether routes that can stream are asked to. */
  readonly streamed: boolean;
  /** The latest fault of all routes. */
  last: ClassifiedFault | undefined;
  #lastRung: number;

  constructor(
    readonly plan: CallPlan,
    readonly services: CallServices,
    readonly messages: BaseMessage[],
    /** Call options that the caller adds to those of the model. */
    readonly extraOptions?: Record<string, unknown>,
  ) {
    this.ledger = new Ledger(plan.firstNumber, plan.policy.maxAttempts);
    this.live = plan.delivery === "live" ? new LiveDelivery(plan) : undefined;
    this.streamed = this.live !== undefined || plan.streamed === true || areTokensAwaited();
    this.#lastRung = plan.startRung;
  }

  /** The model that was tried last, or, before any, the one to start with. */
  get rung(): number {
    return this.#lastRung;
  }

  rungAt(index: number): Rung {
    return this.plan.ladder[index]!;
  }

  healthOf(index: number): RouteHealth | undefined {
    return this.services.health?.route(this.rungAt(index).route);
  }

  /** The latencies that tell how soon an answer of this call is to be expected: to its first token where it is a stream. */
  latencies({ answerMs, firstTokenMs }: RouteHealth): Latencies {
    return this.streamed ? firstTokenMs : answerMs;
  }

  /** Notes how the turn at `rung` went wrong. */
  failedAt(rung: number, fault: ClassifiedFault): void {
    this.#lastRung = rung;
    this.last = fault;
  }

  answeredAt(rung: number): void {
    this.#lastRung = rung;
  }

  /** Why nothing further may be done: the deadline, or the caller. */
  ended(): Failure | undefined {
    const { signal, deadline } = this.services;
    if (isOver(deadline)) return this.fail("DEADLINE_EXCEEDED");
    if (signal.aborted) return this.fail("CANCELLED");
    return undefined;
  }

  /** The failure that the call ends in, with the latest fault as its cause. */
  fail(code: FailureCode, fault = this.last): Failure {
    const failure = failureOf(code, fault, this.plan, this.ledger.attempts, this.#lastRung);
    const deliveredChars = this.live?.sent.length ?? 0;
    return deliveredChars === 0 ? failure : { ...failure, details: { ...failure.details, deliveredChars } };
  }
}
