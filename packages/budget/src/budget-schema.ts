import { z } from "zod";
import type { BudgetScope, BudgetSpec, BudgetWindow } from "./budget-spec.js";

const scope: z.ZodType<BudgetScope> = z.enum(["tenant", "user", "task", "key", "global"]);
const window: z.ZodType<BudgetWindow> = z.enum(["request", "hour", "day", "month", "total"]);
const share = z.number().min(0).max(1);

/** The budgets of an application. Unknown keys are refused: a cap under another name would be no cap. */
export const budgetSpecs: z.ZodType<readonly BudgetSpec[]> = z.array(
  z.strictObject({
    scope,
    window,
    usd: z.number().nonnegative(),
    warnAtShare: share.exactOptional(),
    downgradeAtShare: share.exactOptional(),
  }),
);
