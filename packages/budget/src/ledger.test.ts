import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BudgetLine, BudgetStore } from "@armature/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memoryBudgetStore } from "./memory-budget-store.js";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

const NOW = Date.UTC(2026, 0, 31, 12);
const ACCOUNT = "task:triage/request:r1";

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-ledger-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each<[string, () => BudgetStore & { close?(): Promise<void> }]>([
  ["memory", memoryBudgetStore],
  ["SQLite", () => sqliteBudgetStore({ path: join(folder, `${++files}.db`) })],
])("the %s store", (_name, make) => {
  let store: ReturnType<typeof make>;
  beforeEach(() => {
    store = make();
  });
  afterEach(() => store.close?.());

  function hold(attemptId: string, microUsd: number, caps: readonly number[] = [1_000]) {
    const lines = caps.map((capMicroUsd): BudgetLine => ({ account: ACCOUNT, capMicroUsd }));
    const wish = { attemptId, lines, microUsd, atLeastMicroUsd: 1, now: NOW, expiresAt: NOW + 60_000 };
    return store.hold(wish);
  }
  const balance = async (now = NOW) => (await store.balances([ACCOUNT], now))[0];

  test("counts an account once that two budgets share, under the lower cap", async () => {
    expect(await hold("a1", 300, [1_000, 500])).toEqual({ held: true, microUsd: 300 });
    expect(await balance()).toMatchObject({ heldMicroUsd: 300 });
    expect(await hold("a2", 300, [1_000, 500])).toEqual({ held: true, microUsd: 200 });
    await store.settle("a1", 100, NOW);
    expect(await balance()).toMatchObject({ settledMicroUsd: 100, heldMicroUsd: 200 });
  });

  test("tells an attempt's debt each time that it is settled", async () => {
    await hold("a1", 300);
    expect(await store.settle("a1", 400, NOW)).toBe(100);
    expect(await store.settle("a1", 400, NOW)).toBe(100);
  });

  test("takes a bill for what was given back as debt", async () => {
    await hold("a1", 300);
    await store.release("a1");
    expect(await store.settle("a1", 250, NOW)).toBe(250);
    expect(await balance()).toMatchObject({ settledMicroUsd: 250, heldMicroUsd: 0, debtMicroUsd: 250 });
  });

  test("tells the debt of a bill that comes after the hold was charged", async () => {
    await hold("a1", 300);
    await store.dispatch("a1", NOW);
    expect(await store.settle("a1", 450, NOW + 60_000)).toBe(150);
    expect(await balance()).toMatchObject({ settledMicroUsd: 450, heldMicroUsd: 0, debtMicroUsd: 150 });
  });

  test("holds no part of a micro-dollar beyond a cap", async () => {
    expect(await hold("a1", 20, [10.9])).toEqual({ held: true, microUsd: 10 });
  });
});
