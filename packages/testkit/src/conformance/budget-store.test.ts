import { setImmediate as turn } from "node:timers/promises";
import type { BudgetStore } from "@armature/contracts";
import { expect, test } from "vitest";
import { inMemoryBudgetStore } from "../fakes/in-memory-budget-store.js";
import { brokenPromises } from "./broken-promises.js";
import { budgetStorePromises, describeBudgetStore } from "./budget-store.js";

describeBudgetStore(() => inMemoryBudgetStore());

const broken: { readonly [fault: string]: [(good: BudgetStore) => Partial<BudgetStore>, RegExp] } = {
  "a gap between check and hold": [
    (good) => ({
      async hold(request) {
        const accounts = request.lines.map((line) => line.account);
        const balances = await good.balances(accounts, request.now);
        await turn();
        for (const [index, line] of request.lines.entries()) {
          const { settledMicroUsd = 0, heldMicroUsd = 0 } = balances[index] ?? {};
          const availableMicroUsd = line.capMicroUsd - settledMicroUsd - heldMicroUsd;
          if (availableMicroUsd < request.microUsd) return { held: false, account: line.account, availableMicroUsd };
        }
        const lines = request.lines.map((line) => ({ ...line, capMicroUsd: Number.MAX_SAFE_INTEGER }));
        return good.hold({ ...request, lines });
      },
    }),
    /concurrent callers[\s\S]*64 workers/,
  ],
  "only its first line": [
    (good) => ({ hold: (request) => good.hold({ ...request, lines: request.lines.slice(0, 1) }) }),
    /every line or under none/,
  ],
  "no lowering": [
    (good) => ({ hold: (request) => good.hold({ ...request, atLeastMicroUsd: request.microUsd }) }),
    /holds less/,
  ],
  "no expiry": [
    (good) => ({ hold: (request) => good.hold({ ...request, expiresAt: Number.MAX_SAFE_INTEGER }) }),
    /expires/,
  ],
  "release of what was sent": [
    (good) => ({
      release: async (attemptId) => {
        await good.settle(attemptId, 0, 1_000_000);
      },
    }),
    /gives an undispatched hold back/,
  ],
  "settling that is capped": [
    (good) => ({ settle: (attemptId, microUsd, now) => good.settle(attemptId, Math.min(microUsd, 300), now) }),
    /debt/,
  ],
  "sending on anything": [
    (good) => ({
      dispatch: async (attemptId, now) => {
        await good.dispatch(attemptId, now);
        return true;
      },
    }),
    /unknown or expired/,
  ],
};

test.each(Object.entries(broken))("the suite finds a store with %s", async (_fault, [spoil, promise]) => {
  const found = await brokenPromises(budgetStorePromises, () => {
    const good = inMemoryBudgetStore();
    return { ...good, ...spoil(good) };
  });
  expect(found.join("\n")).toMatch(promise);
});

test("the suite finds a store that settles twice", async () => {
  const found = await brokenPromises(budgetStorePromises, () => {
    const good = inMemoryBudgetStore();
    const extra = new Map<string, number>();
    return {
      ...good,
      async settle(attemptId, microUsd, now) {
        extra.set(attemptId, (extra.get(attemptId) ?? -1) + 1);
        return good.settle(attemptId, microUsd, now);
      },
      async balances(accounts, now) {
        const twice = [...extra.values()].reduce((sum, count) => sum + count, 0);
        const balances = await good.balances(accounts, now);
        return balances.map((one) => ({ ...one, settledMicroUsd: one.settledMicroUsd + twice }));
      },
    };
  });
  expect(found.join("\n")).toMatch(/settles an attempt once/);
});
