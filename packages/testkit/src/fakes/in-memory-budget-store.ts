import type { BudgetStore } from "@armature/contracts";
import { BudgetModel } from "../conformance/budget-model.js";

/** The model that budget stores are compared with, as a store. It forgets at the end of the process. */
export function inMemoryBudgetStore(): BudgetStore {
  const model = new BudgetModel();
  return {
    hold: async (request) => model.hold(request),
    dispatch: async (attemptId, now) => model.dispatch(attemptId, now),
    settle: async (attemptId, microUsd, now) => model.settle(attemptId, microUsd, now),
    release: async (attemptId) => model.release(attemptId),
    balances: async (accounts, now) => model.balances(accounts, now),
  };
}
