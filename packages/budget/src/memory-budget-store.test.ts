import { describeBudgetStore } from "@armature/testkit";
import { describe } from "vitest";
import { memoryBudgetStore } from "./memory-budget-store.js";

describe("the budget store in memory", () => {
  describeBudgetStore(() => memoryBudgetStore());
});
