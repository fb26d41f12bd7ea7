import { randomUUID } from "node:crypto";
import type { BudgetStore, Clock } from "@armature/contracts";
import { accountOf, type BudgetScope, type BudgetSpec, type BudgetSubject, type BudgetWindow } from "./budget-spec.js";

/** A soft limit that has been reached. */
export interface SoftLimit {
  readonly scope: BudgetScope;
  readonly window: BudgetWindow;
  readonly account: string;
  /** Spent and held, as a share of the cap; over 1 where a provider billed beyond its bound. */
  readonly share: number;
  /** `downgrade`: a cheaper route is asked for as well. */
  readonly asks: "warning" | "downgrade";
  /** Epoch milliseconds; `null` for `request` and `total`. */
  readonly resetsAt: number | null;
}

export interface Headroom {
  /** Micro-dollars left under the tightest budget; absent where none applies. */
  readonly microUsd?: number;
  /** Soft limits that have been reached, the fullest first. */
  readonly soft: readonly SoftLimit[];
  /** Whether one of them asks for a cheaper route. */
  readonly shouldDowngrade: boolean;
}

/**
 * How much may still be spent for `subject` now, and which soft limits warn. It holds nothing: what `admit` finds a moment
 * later may be less.
 *
 * @throws whatever the store throws when it does not answer
 */
export async function headroom(
  store: BudgetStore,
  budgets: readonly BudgetSpec[],
  subject: BudgetSubject,
  clock: Pick<Clock, "now">,
): Promise<Headroom> {
  if (budgets.length === 0) return { soft: [], shouldDowngrade: false };
  const now = clock.now();
  const named = { ...subject, request: subject.request ?? randomUUID() };
  const accounts = budgets.map((spec) => accountOf(spec, named, now));
  const names = accounts.map(({ account }) => account);
  const balances = await store.balances(names, now);
  const used = accounts.map((_, index) => {
    const balance = balances[index];
    return (balance?.settledMicroUsd ?? 0) + (balance?.heldMicroUsd ?? 0);
  });
  const rooms = accounts.map(({ capMicroUsd }, index) => Math.max(0, capMicroUsd - used[index]!));
  const soft = accounts
    .flatMap(({ spec, account, capMicroUsd, resetsAt }, index): SoftLimit[] => {
      // A cap of nothing is used up.
      const share = capMicroUsd === 0 ? 1 : used[index]! / capMicroUsd;
      const isDowngrade = share >= (spec.downgradeAtShare ?? Number.POSITIVE_INFINITY);
      if (!isDowngrade && share < (spec.warnAtShare ?? Number.POSITIVE_INFINITY)) return [];
      const { scope, window } = spec;
      return [{ scope, window, account, share, asks: isDowngrade ? "downgrade" : "warning", resetsAt }];
    })
    .sort((a, b) => b.share - a.share);
  return { microUsd: Math.min(...rooms), soft, shouldDowngrade: soft.some(({ asks }) => asks === "downgrade") };
}
