import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BudgetStore } from "@armature/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryBudgetStore } from "./memory-budget-store.js";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY_MS = 24 * 3_600_000;
const MONTH = "tenant:acme/month:2026-01";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-prune-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function spend(store: BudgetStore, attemptId: string, now: number): Promise<void> {
  const lines = [MONTH, `task:triage/request:${attemptId}`].map((account) => ({ account, capMicroUsd: 10_000 }));
  await store.hold({ attemptId, lines, microUsd: 100, atLeastMicroUsd: 100, now, expiresAt: now + 1_000 });
  await store.dispatch(attemptId, now);
  await store.settle(attemptId, 60, now);
}

test.each([
  ["memory", () => memoryBudgetStore()],
  ["SQLite", () => sqliteBudgetStore({ path: join(folder, "budget.db") })],
])("the %s store forgets ended holds after a month, and not what they cost", async (_name, make) => {
  const store = make();
  await spend(store, "old", NOW);
  const request = "task:triage/request:old";

  await spend(store, "soon", NOW + 30 * DAY_MS);
  // Still known: settling again changes nothing.
  await store.settle("old", 99, NOW + 30 * DAY_MS);
  expect(await store.balances([request], NOW)).toMatchObject([{ settledMicroUsd: 60 }]);

  const later = NOW + 32 * DAY_MS;
  await spend(store, "late", later);
  expect(await store.balances([MONTH, request], later)).toMatchObject([
    { settledMicroUsd: 180 },
    { settledMicroUsd: 0 },
  ]);
  // Its id is free again, so nothing of it is left.
  await spend(store, "old", later);
  expect(await store.balances([MONTH], later)).toMatchObject([{ settledMicroUsd: 240, heldMicroUsd: 0 }]);
  if ("close" in store) await (store as ReturnType<typeof sqliteBudgetStore>).close();
});
