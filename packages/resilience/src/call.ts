import { ArmatureError, type Attempt, type CostLine, type Failure, sleep } from "@armature/contracts";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { gateError, makeAttempt } from "./attempt.js";
import { isOver } from "./attempt-timeout.js";
import type { Breaker } from "./breaker.js";
import type { CallEvent } from "./call-event.js";
import { failureOf } from "./call-failure.js";
import type { CallPlan, CallResult, CallServices, CallStream } from "./call-plan.js";
import { firstRung, nextRung } from "./fallback.js";
import type { ClassifiedFault } from "./fault.js";
import type { RouteHealth } from "./health.js";
import { toLangChain } from "./messages.js";
import { backoffMs } from "./retry.js";

/**
 * Gets one answer out of a ladder of models that misbehave: attempts in time, retries, fallbacks, each attempt held
 * and paid. It never throws: what goes wrong is the `failure` of its result.
 */
export async function callModel(plan: CallPlan, services: CallServices): Promise<CallResult> {
  const call = new Call(plan.stream ? heardBy(plan, plan.stream) : plan, services, toLangChain(plan.messages));
  try {
    return await call.run();
  } catch (error) {
    return call.broken(error);
  }
}

function heardBy(plan: CallPlan, stream: CallStream): CallPlan {
  return {
    ...plan,
    delivery: "live",
    mayRestart: true,
    on(event) {
      if (event.type === "delta") stream.onDelta(event.text);
      else if (event.type === "restart") stream.onRestart?.(event.reason);
      plan.on?.(event);
    },
  };
}

/** One call while it runs. */
export class Call {
  readonly attempts: Attempt[] = [];
  readonly costs: CostLine[] = [];
  /** The message that answered, where it came whole. */
  message: AIMessage | undefined;
  #rung: number;
  #retries = 0;
  #why: Attempt["why"] = "first";
  #delivering: string | undefined;

  constructor(
    private readonly plan: CallPlan,
    private readonly services: CallServices,
    private readonly messages: BaseMessage[],
    private readonly extraOptions?: Record<string, unknown>,
  ) {
    this.#rung = firstRung(plan);
  }

  async run(): Promise<CallResult> {
    let last: ClassifiedFault | undefined;
    for (;;) {
      const barred = this.#barred(last);
      if (barred) return this.#refused(barred);
      const breaker = this.#health()?.breaker;
      if (breaker && !breaker.tryPass()) {
        const failure = await this.#aroundBreaker(last, breaker);
        if (failure) return this.#refused(failure);
        continue;
      }
      if (this.#why !== "retry") this.#health()?.retryBudget.deposit();
      let report: Awaited<ReturnType<typeof makeAttempt>>;
      try {
        report = await this.#attempt();
      } catch (error) {
        breaker?.gaveUp();
        return this.#refused({ ...gateError(error).toFailure(), stage: this.plan.stage });
      }
      const { attempt, cost, fault } = report;
      this.attempts.push(attempt);
      if (cost) this.costs.push(cost);
      if (!fault) {
        breaker?.succeeded();
        this.message = report.message;
        return { ok: true, answer: attempt.answer!, rung: this.#rung, attempts: this.attempts, costs: this.costs };
      }
      if (fault.disposition === "cancelled") breaker?.gaveUp();
      else if (fault.fault.code === "PROVIDER_UNAVAILABLE") breaker?.failed(fault.fault.retryAfterMs);
      else if (fault.fault.code === "DEADLINE_EXCEEDED") breaker?.failed();
      else breaker?.succeeded();
      last = fault;
      const failure = await this.#decide(fault);
      if (failure) return this.#refused(failure);
    }
  }

  #attempt() {
    return makeAttempt({ ...this.plan, on: this.#tell }, this.services, {
      rung: this.#rung,
      number: this.plan.firstNumber + this.attempts.length,
      why: this.#why,
      messages: this.messages,
      extraOptions: this.extraOptions,
    });
  }

  #tell = (event: CallEvent): void => {
    if (event.type === "delta") {
      const { attemptId } = event;
      if (this.#delivering !== undefined && this.#delivering !== attemptId) {
        const reason = this.attempts.at(-1)?.fault?.kind ?? "restart";
        this.plan.on?.({ type: "restart", reason, attemptId });
      }
      this.#delivering = attemptId;
    }
    this.plan.on?.(event);
  };

  /** What forbids any further attempt. */
  #barred(last: ClassifiedFault | undefined): Failure | undefined {
    const { signal, deadline } = this.services;
    if (isOver(deadline)) return this.#fail("DEADLINE_EXCEEDED", last);
    if (signal.aborted) return this.#fail("CANCELLED", last);
    if (this.attempts.length >= this.plan.policy.maxAttempts) return this.#fail("ATTEMPTS_EXHAUSTED", last);
    return undefined;
  }

  /** Moves to the next attempt, or says why there is none. */
  async #decide(fault: ClassifiedFault): Promise<Failure | undefined> {
    const { disposition } = fault;
    if (disposition === "stop") return this.#fail(fault.fault.code, fault);
    if (disposition === "cancelled") {
      return this.#fail(isOver(this.services.deadline) ? "DEADLINE_EXCEEDED" : "CANCELLED", fault);
    }
    if (this.attempts.length >= this.plan.policy.maxAttempts && this.#mayGoOn(fault)) {
      return this.#fail("ATTEMPTS_EXHAUSTED", fault);
    }
    if (disposition === "retry" && (await this.#retry(fault))) return undefined;
    if (this.#descend(fault)) return undefined;
    if (disposition === "leave" && (await this.#retry(fault))) return undefined;
    return this.#fail(fault.fault.code, fault);
  }

  /** Whether, but for the cap on attempts, there would be another. */
  #mayGoOn(fault: ClassifiedFault): boolean {
    return this.#retries < this.plan.policy.retries || !this.#isLast(fault);
  }

  /** Waits and stays on this route, unless the retries are used up or the wait does not fit. */
  async #retry(fault: ClassifiedFault): Promise<boolean> {
    const { policy } = this.plan;
    const { clock, random, deadline, signal } = this.services;
    if (this.#retries >= policy.retries) return false;
    const asked = fault.fault.retryAfterMs;
    // Callers that were told the same moment do not come back at the same moment.
    const wait = (asked ?? 0) + backoffMs(policy.backoff, this.#retries + 1, random);
    if (wait >= deadline.remainingMs()) return false;
    if (!this.#isLast(fault) && this.#health()?.retryBudget.tryWithdraw() === false) return false;
    this.#retries++;
    this.#why = "retry";
    await sleep(clock, wait, signal).catch(() => undefined);
    return true;
  }

  /** Where there is no other route, the retry is the only hope of the request; the breaker still bounds it. */
  #isLast(fault: ClassifiedFault): boolean {
    return nextRung(this.plan, this.#rung, fault, this.services.health) === undefined;
  }

  #health(): RouteHealth | undefined {
    return this.services.health?.route(this.plan.ladder[this.#rung]!.route);
  }

  #descend(fault: ClassifiedFault | undefined): boolean {
    const next = nextRung(this.plan, this.#rung, fault, this.services.health);
    if (next === undefined) return false;
    this.#rung = next;
    this.#retries = 0;
    this.#why = "fallback";
    return true;
  }

  /** The breaker of this route lets nothing through: takes the next route, or waits for a rest that fits. */
  async #aroundBreaker(last: ClassifiedFault | undefined, breaker: Breaker): Promise<Failure | undefined> {
    if (this.#descend(last)) return undefined;
    const { clock, deadline, signal } = this.services;
    const rest = breaker.restMs();
    if (rest > 0 && rest < deadline.remainingMs()) {
      await sleep(clock, rest, signal).catch(() => undefined);
      return undefined;
    }
    const failure = this.#fail(last?.fault.code ?? "PROVIDER_UNAVAILABLE", last);
    return { ...failure, retryAfterMs: breaker.waitMs() };
  }

  #fail(code: Failure["code"], fault: ClassifiedFault | undefined): Failure {
    return failureOf(code, fault, this.plan, this.attempts, this.#rung);
  }

  /** A clock, gate or callback of the caller's broke its own contract. */
  broken(cause: unknown): CallResult {
    const message = "The call broke on one of its services: its clock, gate or stream callback threw.";
    return this.#refused(new ArmatureError("STAGE_FAILED", message, { stage: this.plan.stage, cause }).toFailure());
  }

  #refused(failure: Failure): CallResult {
    return { ok: false, failure, rung: this.#rung, attempts: this.attempts, costs: this.costs };
  }
}
