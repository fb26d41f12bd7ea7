import { type BudgetSpec, createGate, type Headroom, headroom, meter } from "@armature/budget";
import type { BudgetStore, Gate, RequestState } from "@armature/contracts";
import type { Runtime } from "./services.js";
import type { Task } from "./task.js";

/** What one request may spend: every attempt passes the gate; the headroom is looked at before a route is chosen. */
export interface Spending {
  readonly gate: Gate;
  readonly headroom: () => Promise<Headroom>;
}

export interface Budgets {
  readonly budgets: readonly BudgetSpec[];
  readonly budgetStore: BudgetStore;
}

/** The spending of one request under the application's budgets and the task's own bound. */
export function spendingOf(
  { budgets, budgetStore }: Budgets,
  { clock, prices }: Runtime,
  { name, limits: { maxCostUsd } }: Task,
  { requestId, tenant, user, key }: RequestState,
): Spending {
  const all: BudgetSpec[] =
    maxCostUsd === undefined ? [...budgets] : [...budgets, { scope: "task", window: "request", usd: maxCostUsd }];
  const overlay = prices ? { overlay: prices } : {};
  if (all.length === 0) return unbounded(meter(overlay));
  const subject = {
    request: requestId,
    task: name,
    ...(tenant !== null && { tenant }),
    ...(user !== null && { user }),
    ...(key !== null && { key }),
  };
  return {
    gate: createGate({ store: budgetStore, budgets: all, subject, clock, ...overlay }),
    headroom: () => headroom(budgetStore, all, subject, clock),
  };
}

/** A spending that nothing bounds. */
export function unbounded(gate: Gate): Spending {
  return { gate, headroom: async () => ({ soft: [], shouldDowngrade: false }) };
}
