import type { AttemptPlan, BudgetStore } from "@armature/contracts";
import { describe, expect, test } from "vitest";
import { createGate } from "./budget-gate.js";
import type { BudgetSpec } from "./budget-spec.js";
import { holdBudget } from "./hold-budget.js";
import { memoryBudgetStore } from "./memory-budget-store.js";
import { meter } from "./meter.js";

const NOON = Date.UTC(2026, 0, 31, 12);
const clock = { now: () => NOON, after: () => () => {} };
const overlay = { "openai/house": { input: 1, output: 10 } };
const subject = { tenant: "acme", user: "ada", task: "triage", request: "r1" };
const day: BudgetSpec = { scope: "tenant", window: "day", usd: 0.002 };

function plan(attemptId: string, more: Partial<AttemptPlan> = {}): AttemptPlan {
  return {
    attemptId,
    provider: "openai",
    model: "house",
    messages: [{ role: "user", content: "Hello" }],
    overheadBytes: 0,
    maxOutputTokens: 100,
    minOutputTokens: 20,
    expiresAt: NOON + 60_000,
    ...more,
  };
}

// 64 for the call, 16 for the message, 5 bytes; then 100 tokens at 10.
const WORST = 85 + 1_000;

describe("a gate", () => {
  test("holds the worst case, settles what was used, once", async () => {
    const store = memoryBudgetStore();
    const gate = createGate({ store, budgets: [day], subject, clock, overlay });
    expect(await gate.admit(plan("a1"))).toEqual({ maxOutputTokens: 100, heldMicroUsd: WORST });
    const usage = { inputTokens: 12, outputTokens: 30 };
    const charge = { microUsd: 312, priceVersion: "overlay", debtMicroUsd: 0 };
    expect(await gate.settle("a1", { usage })).toEqual(charge);
    expect(await gate.settle("a1", { usage })).toEqual(charge);
    expect(await store.balances(["tenant:acme/day:2026-01-31"], NOON)).toEqual([
      { account: "tenant:acme/day:2026-01-31", settledMicroUsd: 312, heldMicroUsd: 0, debtMicroUsd: 0 },
    ]);
  });

  test("lowers max_tokens to the headroom, then refuses with scope, window and reset", async () => {
    const gate = createGate({ store: memoryBudgetStore(), budgets: [day], subject, clock, overlay });
    await gate.admit(plan("a1"));
    const second = await gate.admit(plan("a2"));
    expect(second).toEqual({ maxOutputTokens: 83, heldMicroUsd: 2_000 - WORST });
    await expect(gate.admit(plan("a3"))).rejects.toMatchObject({
      code: "BUDGET_EXCEEDED",
      facts: { details: { scope: "tenant", window: "day", resetsAt: Date.UTC(2026, 1, 1), availableMicroUsd: 0 } },
    });
  });

  test("charges an admitted attempt that nobody settles in time", async () => {
    const store = memoryBudgetStore();
    await createGate({ store, budgets: [day], subject, clock, overlay }).admit(plan("a1"));
    expect(await store.balances(["tenant:acme/day:2026-01-31"], NOON + 60_001)).toMatchObject([
      { settledMicroUsd: WORST, heldMicroUsd: 0 },
    ]);
  });

  test("settles at the price of the model that answered", async () => {
    const prices = { ...overlay, "house-mini": { input: 0, output: 1 } };
    const gate = createGate({ store: memoryBudgetStore(), budgets: [day], subject, clock, overlay: prices });
    await gate.admit(plan("a1"));
    const usage = { inputTokens: 0, outputTokens: 30 };
    expect(await gate.settle("a1", { usage, model: "house-mini" })).toMatchObject({ microUsd: 30 });
  });

  test("takes all lines or none, and names the tightest", async () => {
    const store = memoryBudgetStore();
    const request: BudgetSpec = { scope: "task", window: "request", usd: 0.0001 };
    const gate = createGate({ store, budgets: [day, request], subject, clock, overlay });
    await expect(gate.admit(plan("a1"))).rejects.toMatchObject({ facts: { details: { window: "request" } } });
    expect(await store.balances(["tenant:acme/day:2026-01-31"], NOON)).toMatchObject([{ heldMicroUsd: 0 }]);
  });

  test("charges the whole hold when nothing is known, and records debt beyond it", async () => {
    const gate = createGate({ store: memoryBudgetStore(), budgets: [{ ...day, usd: 1 }], subject, clock, overlay });
    await gate.admit(plan("a1"));
    expect(await gate.settle("a1", {})).toMatchObject({ microUsd: WORST, debtMicroUsd: 0 });
    await gate.admit(plan("a2"));
    const usage = { inputTokens: 0, outputTokens: 200 };
    expect(await gate.settle("a2", { usage })).toMatchObject({ microUsd: 2_000, debtMicroUsd: 2_000 - WORST });
  });

  test("refuses an unknown price by name, a missing tenant and a dead store", async () => {
    const options = { store: memoryBudgetStore(), budgets: [day], subject, clock, overlay };
    await expect(createGate(options).admit(plan("a1", { model: "nobody-1" }))).rejects.toMatchObject({
      code: "PRICE_UNKNOWN",
      message: expect.stringContaining("openai/nobody-1"),
    });
    const anonymous = createGate({ ...options, subject: { request: "r" } });
    await expect(anonymous.admit(plan("a1"))).rejects.toMatchObject({ code: "TENANT_REQUIRED" });
    const dead = Object.fromEntries(
      ["hold", "dispatch", "settle", "release", "balances"].map((name) => [
        name,
        () => Promise.reject(new Error("gone")),
      ]),
    ) as unknown as BudgetStore;
    await expect(createGate({ ...options, store: dead }).admit(plan("a1"))).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      message: expect.stringContaining("openai/house"),
      facts: { details: { provider: "openai", model: "house" } },
    });
  });

  test("says so when the store is gone at settling, leaves the hold, and settles it once more", async () => {
    const store = memoryBudgetStore();
    let isGone = true;
    const flaky: BudgetStore = {
      ...store,
      settle: (...bill) => (isGone ? Promise.reject(new Error("gone")) : store.settle(...bill)),
    };
    const options = { store: flaky, budgets: [day], subject, clock, overlay };
    const gate = createGate(options);
    await gate.admit(plan("a1"));
    const usage = { inputTokens: 10, outputTokens: 1 };
    await expect(gate.settle("a1", { usage })).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      message: expect.stringContaining("the whole hold stands"),
    });
    const held = await store.balances(["tenant:acme/day:2026-01-31"], NOON);
    expect(held).toMatchObject([{ settledMicroUsd: 0, heldMicroUsd: WORST }]);
    isGone = false;
    expect(await gate.settle("a1", { usage })).toMatchObject({ microUsd: 20 });
    isGone = true;
    const work = async () => ({ result: "ok", settlement: { usage } });
    expect(await holdBudget({ ...options, plan: plan("a2") }, work)).toBe("ok");
  });

  test("keeps tenants apart whatever they are called", async () => {
    const store = memoryBudgetStore();
    const admit = (tenant: string, user: string, id: string) =>
      createGate({
        store,
        budgets: [{ scope: "user", window: "total", usd: 0.001085 }],
        subject: { ...subject, tenant, user },
        clock,
        overlay,
      }).admit(plan(id));
    await admit("a", "b:c", "1");
    await admit("a:b", "c", "2");
    await expect(admit("a", "b:c", "3")).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
  });
});

describe("holdBudget", () => {
  test("settles with what the work used, and with the whole hold when it throws", async () => {
    const store = memoryBudgetStore();
    const options = { store, budgets: [{ ...day, usd: 1 }], subject, clock, overlay };
    const usage = { inputTokens: 10, outputTokens: 1 };
    await holdBudget({ ...options, plan: plan("a1") }, async () => ({ result: "ok", settlement: { usage } }));
    const broken = holdBudget({ ...options, plan: plan("a2") }, () => Promise.reject(new Error("cut")));
    await expect(broken).rejects.toThrow("cut");
    expect(await store.balances(["tenant:acme/day:2026-01-31"], NOON)).toMatchObject([
      { settledMicroUsd: 20 + WORST, heldMicroUsd: 0 },
    ]);
  });
});

describe("the meter", () => {
  test("prices without holding, and knows what it does not know", async () => {
    const gate = meter({ overlay });
    expect(await gate.admit(plan("a1"))).toEqual({ maxOutputTokens: 100, heldMicroUsd: 0 });
    const usage = { inputTokens: 12, outputTokens: 30 };
    const charge = { microUsd: 312, priceVersion: "overlay", debtMicroUsd: 0 };
    expect(await gate.settle("a1", { usage })).toEqual(charge);
    expect(await gate.settle("a1", { usage })).toEqual(charge);
    await gate.admit(plan("a2", { model: "nobody-1" }));
    expect(await gate.settle("a2", { usage })).toEqual({ microUsd: 0, debtMicroUsd: 0 });
  });

  test("prices as the model that answered, or as the one asked for when that name is unknown", async () => {
    const gate = meter({ overlay: { ...overlay, "house-mini": { input: 0, output: 1 } } });
    await gate.admit(plan("a1"));
    await gate.admit(plan("a2"));
    const usage = { inputTokens: 0, outputTokens: 10 };
    expect((await gate.settle("a1", { usage, model: "house-mini" })).microUsd).toBe(10);
    expect((await gate.settle("a2", { usage, model: "house-2026" })).microUsd).toBe(100);
  });
});
