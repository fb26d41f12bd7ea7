import { expect, test } from "vitest";
import type { BudgetSpec } from "./budget-spec.js";
import { headroom } from "./headroom.js";
import { memoryBudgetStore } from "./memory-budget-store.js";

const NOON = Date.UTC(2026, 0, 31, 12);
const clock = { now: () => NOON };
const subject = { tenant: "acme", key: "k1" };
const budgets: BudgetSpec[] = [
  { scope: "tenant", window: "day", usd: 0.001, warnAtShare: 0.5, downgradeAtShare: 0.8 },
  { scope: "key", window: "hour", usd: 0.002, warnAtShare: 0.3 },
  { scope: "global", window: "total", usd: 1 },
];
const DAY = "tenant:acme/day:2026-01-31";
const HOUR = "key:k1/hour:2026-01-31T12";

async function spend(microUsd: number, then: "settled" | "held" = "settled") {
  const store = memoryBudgetStore();
  const lines = [DAY, HOUR].map((account) => ({ account, capMicroUsd: 10_000 }));
  const hold = { attemptId: "a", lines, microUsd, atLeastMicroUsd: microUsd, now: NOON, expiresAt: NOON + 1_000 };
  await store.hold(hold);
  if (then === "held") return store;
  await store.dispatch("a", NOON);
  await store.settle("a", microUsd, NOON);
  return store;
}

test("finds a cap of nothing used up", async () => {
  const nothing: BudgetSpec[] = [{ scope: "global", window: "total", usd: 0, downgradeAtShare: 1 }];
  const { microUsd, shouldDowngrade } = await headroom(memoryBudgetStore(), nothing, subject, clock);
  expect([microUsd, shouldDowngrade]).toEqual([0, true]);
});

test("is the room under the tightest budget, held money counted", async () => {
  expect(await headroom(memoryBudgetStore(), budgets, subject, clock)).toEqual({
    microUsd: 1_000,
    soft: [],
    shouldDowngrade: false,
  });
  expect((await headroom(await spend(400, "held"), budgets, subject, clock)).microUsd).toBe(600);
  expect(await headroom(memoryBudgetStore(), [], subject, clock)).toEqual({ soft: [], shouldDowngrade: false });
});

test("warns from one share on, and asks for a cheaper route from another", async () => {
  const warned = await headroom(await spend(600), budgets, subject, clock);
  expect(warned).toMatchObject({
    microUsd: 400,
    shouldDowngrade: false,
    soft: [
      { account: DAY, share: 0.6, asks: "warning", resetsAt: Date.UTC(2026, 1, 1) },
      { account: HOUR, share: 0.3, asks: "warning", resetsAt: Date.UTC(2026, 0, 31, 13) },
    ],
  });
  const tight = await headroom(await spend(800), budgets, subject, clock);
  expect(tight).toMatchObject({
    microUsd: 200,
    shouldDowngrade: true,
    soft: [{ account: DAY, asks: "downgrade" }, {}],
  });
});

test("has nothing left, never less, once a provider billed beyond the cap", async () => {
  const over = await headroom(await spend(1_700), budgets, subject, clock);
  expect(over.microUsd).toBe(0);
  expect(over.soft[0]).toMatchObject({ share: 1.7, asks: "downgrade" });
});
