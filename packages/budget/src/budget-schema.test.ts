import { describeIssues } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { budgetSpecs } from "./budget-schema.js";
import { accountOf, type BudgetSpec } from "./budget-spec.js";

function problemsOf(budgets: unknown): string[] {
  const parsed = budgetSpecs.safeParse(budgets);
  return parsed.success ? [] : describeIssues("budgets", parsed.error);
}

const day = { scope: "tenant", window: "day" };

describe("the schema of budgets", () => {
  it("takes caps, nothing at all included, with their soft limits", () => {
    expect(
      problemsOf([
        { ...day, usd: 25, warnAtShare: 0.5, downgradeAtShare: 1 },
        { ...day, usd: 0 },
      ]),
    ).toEqual([]);
    expect(problemsOf([])).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["a cap under another name", { ...day, limitUsd: 1 }, "budgets[0].usd: "],
    ["a key that is none", { ...day, usd: 1, limitUsd: 1 }, "limitUsd"],
    ["a cap below nothing", { ...day, usd: -1 }, "budgets[0].usd: "],
    ["a cap that is no number", { ...day, usd: Number.NaN }, "budgets[0].usd: "],
    ["a cap in words", { ...day, usd: "25" }, "budgets[0].usd: "],
    ["an unknown window", { ...day, usd: 1, window: "dya" }, "budgets[0].window: "],
    ["an unknown scope", { ...day, usd: 1, scope: "galaxy" }, "budgets[0].scope: "],
    ["a share above the whole", { ...day, usd: 1, warnAtShare: 80 }, "budgets[0].warnAtShare: "],
    ["nothing", null, "budgets[0]: "],
  ])("names the field of %s", (_, budget, named) => {
    expect(problemsOf([budget]).join("\n")).toContain(named);
  });
});

describe("the account of a budget that nobody checked", () => {
  it.each([undefined, Number.NaN, -1, "a lot"])("refuses the cap %s instead of letting everything through", (usd) => {
    const spec = { scope: "task", window: "total", usd } as BudgetSpec;
    expect(() => accountOf(spec, { request: "r" }, 0)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
