import { single } from "./token.js";

/** One counter with a cap. `account` names scope and window exactly: `tenant:acme/day:2026-01-31`. */
export interface BudgetLine {
  readonly account: string;
  readonly capMicroUsd: number;
}

export interface HoldRequest {
  readonly attemptId: string;
  /** All of them are held, or none. */
  readonly lines: readonly BudgetLine[];
  /** What the attempt would like to hold, in integer micro-dollars. */
  readonly microUsd: number;
  /** The least that makes sense; between the two the store holds as much as fits under every line. */
  readonly atLeastMicroUsd: number;
  /** True where the attempt is sent as soon as it is held: the hold is dispatched at once then. */
  readonly dispatched?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** When an undispatched hold turns into a refund, and a dispatched one into a charge. Epoch milliseconds. */
  readonly expiresAt: number;
}

export type HoldResult =
  | { readonly held: true; readonly microUsd: number }
  /** `account` is the line with the least room; nothing was held. */
  | { readonly held: false; readonly account: string; readonly availableMicroUsd: number };

export interface Balance {
  readonly account: string;
  readonly settledMicroUsd: number;
  readonly heldMicroUsd: number;
  /** What providers billed beyond their holds; part of `settledMicroUsd`. */
  readonly debtMicroUsd: number;
}

/**
 * The counters behind budgets. Invariant at every moment, for every account, at any concurrency:
 * settled + held ≤ cap + debt. Debt is no room: a new hold fits under the cap with all that was spent. It takes no request context: holds outlive the request that made them.
 */
export interface BudgetStore {
  hold(request: HoldRequest): Promise<HoldResult>;
  /** Marks a hold as sent. Resolves `false` when the hold has expired or is unknown: then nothing may be sent. */
  dispatch(attemptId: string, now: number): Promise<boolean>;
  /** Replaces the hold by what was spent; idempotent by attempt id. Resolves the debt, 0 when the hold sufficed. */
  settle(attemptId: string, microUsd: number, now: number): Promise<number>;
  /** Gives an undispatched hold back; without effect on any other. */
  release(attemptId: string): Promise<void>;
  balances(accounts: readonly string[], now: number): Promise<Balance[]>;
}

export const BudgetStore = single<BudgetStore>("BudgetStore", {
  hold: "function",
  dispatch: "function",
  settle: "function",
  release: "function",
  balances: "function",
});
