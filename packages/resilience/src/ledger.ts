import type { Attempt, CostLine } from "@armature/contracts";
import type { AIMessage } from "@langchain/core/messages";
import type { AttemptReport } from "./attempt.js";

/** What the attempts of one call came to, and the one cap on all of them together. */
export class Ledger {
  readonly attempts: Attempt[] = [];
  readonly costs: CostLine[] = [];
  /** What did not work and did not stop the call either. */
  readonly degraded: string[] = [];
  /** The message that answered, where it came whole. */
  message: AIMessage | undefined;
  #reserved = 0;
  #sent = 0;

  constructor(
    private readonly firstNumber: number,
    private readonly maxAttempts: number,
  ) {}

  /** How many further attempts the call may begin. */
  get room(): number {
    return this.maxAttempts - this.#reserved;
  }

  /** Takes one attempt out of the cap; `false` when it is used up. */
  reserve(): boolean {
    if (this.room <= 0) return false;
    this.#reserved++;
    return true;
  }

  /** The reserved attempt was not sent after all. */
  giveBack(): void {
    this.#reserved--;
  }

  /** The number of the attempt that is sent now. */
  nextNumber(): number {
    return this.firstNumber + this.#sent++;
  }

  record({ attempt, cost, message }: AttemptReport): void {
    this.attempts.push(attempt);
    if (cost) this.costs.push(cost);
    if (attempt.result === "answered") this.message = message;
  }
}
