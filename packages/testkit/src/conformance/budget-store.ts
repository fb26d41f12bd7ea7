import type { Balance, BudgetStore, HoldRequest } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { seededRandom } from "../fakes/seeded-random.js";
import { histories, playAgainstModel } from "./budget-histories.js";
import { describePromises, type Make, type Promises } from "./suite.js";

const NOW = 1_000_000;
const DAY = "tenant:acme/day:2026-01-01";

/** The tests that every budget store passes. `make` returns a fresh store whose every account is empty. */
export function describeBudgetStore(make: Make<BudgetStore>): void {
  describePromises("BudgetStore", budgetStorePromises, make);
}

export const budgetStorePromises: Promises<BudgetStore> = {
  "knows nothing of an unused account": async (make) => {
    const store = await make();
    expect(await store.balances([DAY, "other"], NOW)).toEqual([balance(DAY, 0, 0), balance("other", 0, 0)]);
    expect(await store.balances([], NOW)).toEqual([]);
  },

  "holds what was wished, and settles what was spent": async (make) => {
    const store = await make();
    expect(await store.hold(wish("a1", 300))).toEqual({ held: true, microUsd: 300 });
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 0, 300)]);
    expect(await store.dispatch("a1", NOW)).toBe(true);
    expect(await store.settle("a1", 120, NOW)).toBe(0);
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 120, 0)]);
  },

  "holds less where less fits, but never less than the least": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 900));
    expect(await store.hold(wish("a2", 300, { atLeastMicroUsd: 50 }))).toEqual({ held: true, microUsd: 100 });
    const refused = await store.hold(wish("a3", 300, { atLeastMicroUsd: 1 }));
    expect(refused).toEqual({ held: false, account: DAY, availableMicroUsd: 0 });
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 0, 1_000)]);
  },

  "holds under every line or under none, and names the tightest": async (make) => {
    const store = await make();
    const lines = [
      { account: "global", capMicroUsd: 10_000 },
      { account: "user:ann", capMicroUsd: 100 },
      { account: DAY, capMicroUsd: 500 },
    ];
    const refused = await store.hold(wish("a1", 200, { lines }));
    expect(refused).toEqual({ held: false, account: "user:ann", availableMicroUsd: 100 });
    const accounts = lines.map((line) => line.account);
    expect(await store.balances(accounts, NOW)).toEqual(accounts.map((account) => balance(account, 0, 0)));
    expect(await store.dispatch("a1", NOW)).toBe(false);
    expect(await store.hold(wish("a2", 200, { lines, atLeastMicroUsd: 80 }))).toEqual({ held: true, microUsd: 100 });
    await store.dispatch("a2", NOW);
    await store.settle("a2", 60, NOW);
    expect(await store.balances(accounts, NOW)).toEqual(accounts.map((account) => balance(account, 60, 0)));
  },

  "keeps accounts apart, however near their names": async (make) => {
    const store = await make();
    const accounts = ["tenant:a/day:1", "tenant:a/day:11", "tenant:A/day:1", "tenant:%/day:1", "__proto__", "tenant:a"];
    for (const [index, account] of accounts.entries()) {
      await store.hold(wish(`a${index}`, 10 + index, { lines: [{ account, capMicroUsd: 20 }] }));
    }
    expect(await store.balances(accounts, NOW)).toEqual(
      accounts.map((account, index) => balance(account, 0, 10 + index)),
    );
  },

  "settles an attempt once": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300));
    await store.dispatch("a1", NOW);
    await Promise.all([1, 2, 3].map(() => store.settle("a1", 400, NOW)));
    await store.settle("a1", 400, NOW);
    await store.settle("a1", 7, NOW);
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 400, 0, 100)]);
  },

  "records what was billed beyond a hold as debt": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300));
    await store.dispatch("a1", NOW);
    expect(await store.settle("a1", 1_500, NOW)).toBe(1_200);
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 1_500, 0, 1_200)]);
  },

  "makes no room of debt: what was spent beyond the cap lets nothing more in": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300));
    await store.dispatch("a1", NOW);
    await store.settle("a1", 900, NOW);
    expect(await store.hold(wish("a2", 200))).toEqual({ held: false, account: DAY, availableMicroUsd: 100 });
    expect(await store.hold(wish("a3", 200, { atLeastMicroUsd: 1 }))).toEqual({ held: true, microUsd: 100 });
    await store.dispatch("a3", NOW);
    await store.settle("a3", 700, NOW);
    expect(await store.hold(wish("a4", 1))).toEqual({ held: false, account: DAY, availableMicroUsd: 0 });
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 1_600, 0, 1_200)]);
  },

  "gives an undispatched hold back, and no other": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300));
    await store.hold(wish("a2", 200));
    await store.hold(wish("a3", 100));
    await store.dispatch("a2", NOW);
    await store.dispatch("a3", NOW);
    await store.settle("a3", 100, NOW);
    for (const attemptId of ["a1", "a1", "a2", "a3", "unknown"]) await store.release(attemptId);
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, 100, 200)]);
    expect(await store.dispatch("a1", NOW)).toBe(false);
  },

  "lets nothing be sent on an unknown or expired hold": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300, { expiresAt: NOW + 50 }));
    expect(await store.dispatch("unknown", NOW)).toBe(false);
    expect(await store.dispatch("a1", NOW + 51)).toBe(false);
    expect(await store.balances([DAY], NOW + 51)).toEqual([balance(DAY, 0, 0)]);
  },

  "refunds an undispatched hold that expires, and charges a dispatched one": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 300, { expiresAt: NOW + 50 }));
    await store.hold(wish("a2", 200, { expiresAt: NOW + 50 }));
    await store.dispatch("a2", NOW);
    expect(await store.balances([DAY], NOW + 49)).toEqual([balance(DAY, 0, 500)]);
    expect(await store.hold(wish("a3", 800, { now: NOW + 51, expiresAt: NOW + 99 }))).toEqual({
      held: true,
      microUsd: 800,
    });
    expect(await store.balances([DAY], NOW + 51)).toEqual([balance(DAY, 200, 800)]);
  },

  "dispatches at once what is sent as soon as it is held": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 200, { dispatched: true, expiresAt: NOW + 50 }));
    await store.release("a1");
    expect(await store.balances([DAY], NOW + 49)).toEqual([balance(DAY, 0, 200)]);
    expect(await store.balances([DAY], NOW + 51)).toEqual([balance(DAY, 200, 0)]);
    // Also where it was held before, and would be given back as it expires.
    await store.hold(wish("a2", 100, { now: NOW + 60, expiresAt: NOW + 90 }));
    await store.hold(wish("a2", 100, { dispatched: true, now: NOW + 60, expiresAt: NOW + 90 }));
    expect(await store.balances([DAY], NOW + 91)).toEqual([balance(DAY, 300, 0)]);
  },

  "corrects an expired charge when the bill comes late": async (make) => {
    const store = await make();
    await store.hold(wish("a1", 200, { expiresAt: NOW + 50 }));
    await store.dispatch("a1", NOW);
    expect(await store.balances([DAY], NOW + 60)).toEqual([balance(DAY, 200, 0)]);
    await store.settle("a1", 30, NOW + 70);
    expect(await store.balances([DAY], NOW + 70)).toEqual([balance(DAY, 30, 0)]);
  },

  "agrees with the model over any history": async (make) => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => playAgainstModel(await make(), history)),
      { numRuns: 60 },
    );
  },

  "never breaks its invariant among concurrent callers": async (make) => {
    const seeds = fc.array(fc.integer(), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(seeds, async (workers) => {
        const store = await make();
        const watch = async () => checkInvariant(await store.balances([DAY, "user"], NOW));
        await Promise.all(workers.map((seed, worker) => work(store, `w${worker}`, seed, watch)));
        const [day, user] = await store.balances([DAY, "user"], NOW);
        expect([day?.heldMicroUsd, user?.heldMicroUsd]).toEqual([0, 0]);
      }),
      { numRuns: 15 },
    );
  },

  "spends a cap to within one call and never past it, by 64 workers": async (make) => {
    const store = await make();
    const lines = [{ account: DAY, capMicroUsd: 10_000 }];
    const worstCase = 70;
    let spent = 0;
    await Promise.all(
      Array.from({ length: 64 }, async (_, worker) => {
        for (let call = 0; ; call++) {
          const attemptId = `w${worker}-${call}`;
          const held = await store.hold(wish(attemptId, worstCase, { lines }));
          if (!held.held) return;
          await store.dispatch(attemptId, NOW);
          await store.settle(attemptId, worstCase, NOW);
          spent += worstCase;
        }
      }),
    );
    expect(await store.balances([DAY], NOW)).toEqual([balance(DAY, spent, 0)]);
    expect(spent).toBeLessThanOrEqual(10_000);
    expect(spent).toBeGreaterThan(10_000 - worstCase);
  },
};

async function work(store: BudgetStore, name: string, seed: number, watch: () => Promise<void>): Promise<void> {
  const random = seededRandom(seed);
  const lines = [
    { account: DAY, capMicroUsd: 1_000 },
    { account: "user", capMicroUsd: 600 },
  ];
  for (let call = 0; call < 5; call++) {
    const attemptId = `${name}-${call}`;
    const microUsd = 1 + Math.floor(random.next() * 200);
    const held = await store.hold(wish(attemptId, microUsd, { lines, atLeastMicroUsd: 1 }));
    await watch();
    if (!held.held) continue;
    if (random.next() < 0.2) await store.release(attemptId);
    else if (await store.dispatch(attemptId, NOW)) {
      await store.settle(attemptId, Math.floor(random.next() * 1.3 * held.microUsd), NOW);
    }
    await watch();
  }
}

const CAP_OF: { readonly [account: string]: number } = { [DAY]: 1_000, user: 600 };

function checkInvariant(balances: readonly Balance[]): void {
  for (const { account, settledMicroUsd, heldMicroUsd, debtMicroUsd } of balances) {
    expect(settledMicroUsd + heldMicroUsd).toBeLessThanOrEqual((CAP_OF[account] ?? 0) + debtMicroUsd);
    expect(Math.min(settledMicroUsd, heldMicroUsd, debtMicroUsd)).toBeGreaterThanOrEqual(0);
  }
}

function wish(attemptId: string, microUsd: number, overrides: Partial<HoldRequest> = {}): HoldRequest {
  const lines = [{ account: DAY, capMicroUsd: 1_000 }];
  return { attemptId, lines, microUsd, atLeastMicroUsd: microUsd, now: NOW, expiresAt: NOW + 60_000, ...overrides };
}

function balance(account: string, settledMicroUsd: number, heldMicroUsd: number, debtMicroUsd = 0): Balance {
  return { account, settledMicroUsd, heldMicroUsd, debtMicroUsd };
}
