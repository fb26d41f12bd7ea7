import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeBudgetStore } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = "tenant:acme/day:2026-01-31";

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fresh = () => join(folder, `${++files}.db`);

function wish(attemptId: string, microUsd: number, capMicroUsd = 1_000) {
  const lines = [{ account: DAY, capMicroUsd }];
  return { attemptId, lines, microUsd, atLeastMicroUsd: microUsd, now: NOW, expiresAt: NOW + 60_000 };
}

describe("the SQLite budget store", () => {
  describeBudgetStore(() => sqliteBudgetStore({ path: fresh() }));

  test("remembers spending and holds over a restart", async () => {
    const path = fresh();
    const first = sqliteBudgetStore({ path });
    await first.hold(wish("a1", 300));
    await first.dispatch("a1", NOW);
    await first.settle("a1", 250, NOW);
    await first.hold(wish("a2", 300));
    await first.close();
    const second = sqliteBudgetStore({ path });
    const before = { account: DAY, settledMicroUsd: 250, heldMicroUsd: 300, debtMicroUsd: 0 };
    expect(await second.balances([DAY], NOW)).toEqual([before]);
    expect(await second.balances([DAY], NOW + 60_001)).toEqual([{ ...before, heldMicroUsd: 0 }]);
    await second.close();
  });

  test("an attempt id that has had its hold is refused alone, not with its neighbours", async () => {
    const store = sqliteBudgetStore({ path: fresh() });
    await store.hold(wish("a1", 100));
    await store.dispatch("a1", NOW);
    const again = store.hold(wish("a1", 100));
    const neighbour = store.hold(wish("a2", 100));
    await expect(again).rejects.toThrow(/a1/);
    expect(await neighbour).toEqual({ held: true, microUsd: 100 });
    await store.close();
  });

  test("says which file it cannot use", () => {
    const path = fresh();
    writeFileSync(path, "no database at all, for many pages\n".repeat(300));
    expect(() => sqliteBudgetStore({ path })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => sqliteBudgetStore({ path: join(folder, "none", "x.db") })).toThrow(/none/);
  });

  test("several stores on one file never hold more than the cap, with crashes at any step", async () => {
    const step = fc.record({
      worker: fc.nat(2),
      act: fc.constantFrom("hold", "dispatch", "settle", "release", "crash"),
      microUsd: fc.integer({ min: 1, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const path = fresh();
        const stores = [0, 1, 2].map(() => sqliteBudgetStore({ path }));
        const mine: string[][] = [[], [], []];
        let number = 0;
        const running: Promise<unknown>[] = [];
        for (const { worker, act, microUsd } of steps) {
          const store = stores[worker]!;
          const attempt = mine[worker]!.at(-1);
          if (act === "crash") {
            // What the worker knew is gone; what it had asked for is written or not, as in any crash.
            mine[worker] = [];
            running.push(store.close());
            stores[worker] = sqliteBudgetStore({ path });
          } else if (act === "hold") {
            const id = `a${++number}`;
            mine[worker]!.push(id);
            running.push(store.hold({ ...wish(id, microUsd), atLeastMicroUsd: 1 }));
          } else if (attempt !== undefined) {
            if (act === "dispatch") running.push(store.dispatch(attempt, NOW));
            if (act === "settle") running.push(store.settle(attempt, microUsd, NOW));
            if (act === "release") running.push(store.release(attempt));
          }
          if (microUsd % 3 === 0) {
            const [balance] = await stores[worker]!.balances([DAY], NOW);
            const { settledMicroUsd, heldMicroUsd, debtMicroUsd } = balance!;
            expect(settledMicroUsd + heldMicroUsd).toBeLessThanOrEqual(1_000 + debtMicroUsd);
            expect(Math.min(settledMicroUsd, heldMicroUsd, debtMicroUsd)).toBeGreaterThanOrEqual(0);
          }
        }
        await Promise.all(running);
        const [end] = await stores[0]!.balances([DAY], NOW + 60_001);
        expect(end!.heldMicroUsd).toBe(0);
        expect(end!.settledMicroUsd).toBeLessThanOrEqual(1_000 + end!.debtMicroUsd);
        await Promise.all(stores.map((store) => store.close()));
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});
