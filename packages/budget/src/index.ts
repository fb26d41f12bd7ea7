export { createGate, type GateOptions } from "./budget-gate.js";
export type { BudgetScope, BudgetSpec, BudgetSubject, BudgetWindow } from "./budget-spec.js";
export { type Cost, costAt, costOf } from "./cost.js";
export { type HeldWork, holdBudget } from "./hold-budget.js";
export { memoryBudgetStore } from "./memory-budget-store.js";
export { meter } from "./meter.js";
export { type DeclaredPrice, type Price, type PriceOverlay, priceOf, type Rate } from "./price.js";
export { type SqliteBudgetStoreOptions, sqliteBudgetStore } from "./sqlite-budget-store.js";
export { type WorstCase, worstCase } from "./worst-case.js";
